import {shellWord} from '../config/shell-word.ts'
import type {Continuation} from '../progress/stage.ts'

/** A word of a command line, as oclif read it. */
export type TypedWord = {type: 'flag'; flag: string; input: string} | {type: 'arg'; input: string}

/** A command line that was typed. */
export interface TypedLine {
  /** Its command: `dlq purge`. */
  command: string
  words: readonly TypedWord[]
  /** The flags that it may have, by name. */
  flags: Readonly<Record<string, {type: string; char?: string}>>
}

/** The command line that continues one that was typed, ready to be typed again. */
export function continuingLine(
  {command, words, flags: known}: TypedLine,
  {args, flags = {}}: Pick<Continuation, 'args' | 'flags'>,
): string {
  const typed = words.flatMap((word) => (word.type === 'arg' ? word.input : []))
  const kept = words.flatMap((word) => {
    if (word.type === 'arg' || flags[word.flag] !== undefined) return []
    return known[word.flag]?.type === 'boolean' ? word.input : flagText(word.flag, word.input)
  })
  const changed = Object.entries(flags).flatMap(([flag, value]) =>
    value === null ? [] : flagText(flag, value),
  )
  return ['qtool', command, ...(args ?? typed).map(shellWord), ...kept, ...changed].join(' ')

  /** A value that begins with a dash would be taken for a flag. */
  function flagText(name: string, value: string): string {
    const char = known[name]?.char
    if (value.startsWith('-')) return `--${name}=${shellWord(value)}`
    return `${char === undefined ? `--${name}` : `-${char}`} ${shellWord(value)}`
  }
}
