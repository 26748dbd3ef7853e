import {stripVTControlCharacters} from 'node:util'
import {type ErrorKind, messageOf, QtoolError} from '../errors.ts'
import {escapeControls} from './escape.ts'
import {PLAIN, type Style} from './style.ts'

/** An error in the form that may be shown: free of secrets and control characters. */
export interface ErrorView {
  code: string
  kind: ErrorKind
  message: string
  suggestions: string[]
}

/** All that `--json` prints on an error. */
export interface JsonError {
  error: Omit<ErrorView, 'kind'>
}

/**
 * Turns an error into what the caller sees. Only its message is used: the other fields of driver and parser errors hold
 * payloads, flag values and the whole configuration.
 * @param redact - removes secrets from a text
 */
export function viewError(error: unknown, redact: (text: string) => string): ErrorView {
  const clean = (text: string) => escapeControls(redact(stripVTControlCharacters(text)))
  const message = clean(messageOf(error)) || 'an error without a message'
  if (error instanceof QtoolError) {
    const {code, kind, suggestions} = error
    return {code, kind, message, suggestions: suggestions.map(clean)}
  }
  if (isParseError(error)) {
    return {code: 'USAGE', kind: 'usage', message: reworded(message), suggestions: [SEE_HELP]}
  }
  return {
    code: 'UNEXPECTED',
    kind: 'failure',
    message,
    suggestions: ['DEBUG=qtool shows where it happened'],
  }
}

/** What to do about a command line that is not taken, where nothing says more. */
export const SEE_HELP = '--help shows what the command takes'

/** For the terminal: the message, then what to do next. */
export function renderError({message, suggestions}: ErrorView, style: Style = PLAIN): string {
  const next = suggestions.map((suggestion) => `  ${style.faint('→')} ${suggestion}`)
  return [`${style.bad('qtool:')} ${message}`, ...next].join('\n')
}

export function jsonError({code, message, suggestions}: ErrorView): JsonError {
  return {error: {code, message, suggestions}}
}

/** oclif's errors about flags, arguments and command names carry its own exit code for usage, which is 2. */
function isParseError(error: unknown): boolean {
  if (!(error instanceof Error) || !('oclif' in error)) return false
  const {oclif} = error
  return (
    'parse' in error || (typeof oclif === 'object' && oclif !== null && 'exit' in oclif && oclif.exit === 2)
  )
}

/** oclif's messages about flags and arguments, reworded in the style of qtool's own. */
const REWORDED: Array<[RegExp, string]> = [
  [/\s*See more help with --help$/, ''],
  [/^The following errors? occurred:\s*/, ''],
  [/^Parsing (--\S+)\s+Expected (.*) but received: (.*)$/s, 'expected $1 to be $2, got "$3"'],
  [/^Expected (--\S+)=(.*) to be one of: (.*)$/s, 'expected $1 to be one of $3, got "$2"'],
  [/^Expected (.*) to be one of: (.*)$/s, 'expected the argument to be one of $2, got "$1"'],
  [/^(--[\w-]+)=.* cannot also be provided when using (--[\w-]+)$/s, '$1 cannot be combined with $2'],
  [/^Nonexistent flag(s?): (.*)$/s, 'unknown flag$1 $2'],
  [/^All of the following must be provided when using (--\S+): (.*)$/s, '$1 needs $2 as well'],
  [/^Unexpected argument(s?): (.*)$/s, 'unexpected argument$1 "$2"'],
  [/^Flag (--\S+) expects a value$/, '$1 needs a value'],
  [/^Missing required flag (\S+)$/, 'missing flag --$1'],
  [/^Missing \d+ required args?:\s*(\S+).*$/s, 'missing argument $1'],
]

function reworded(message: string): string {
  const text = REWORDED.reduce((rest, [pattern, words]) => rest.replace(pattern, words), message)
  return text.replace(/\s*\n\s*/g, '; ')
}
