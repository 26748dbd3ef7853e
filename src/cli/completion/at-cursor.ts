import type {KnownCommand, KnownCommands, KnownFlag} from './manifest.ts'

/** What may stand at the cursor. */
export type AtCursor =
  /** The next word in the name of a command; `path` are the words before it. */
  | {kind: 'name'; path: string[]}
  | {kind: 'flag'; command: KnownCommand}
  /** The value of a flag, which begins at `from` in the word. */
  | {kind: 'value'; flag: KnownFlag; from: number}
  | {kind: 'argument'; name: string; options?: string[]}
  | {kind: 'nothing'}

/** A command line up to the cursor. */
export interface Line {
  at: AtCursor
  /** `dlq:list`; empty as long as there is no command. */
  id: string
  /** The flags before the cursor, with their values. */
  given: Map<string, string>
}

/**
 * Reads a command line as oclif would.
 * @param words those before the word at the cursor, without the program
 * @param current the word at the cursor, as far as it is typed
 */
export function readLine(words: readonly string[], current: string, commands: KnownCommands): Line {
  const path = commandPath(words, commands)
  const id = path.join(':')
  const command = commands[id]
  const given = new Map<string, string>()
  if (command) return {id, given, at: inCommand(command, words.slice(path.length), current, given)}
  return {id: '', given, at: path.length === words.length ? {kind: 'name', path} : {kind: 'nothing'}}
}

/** The longest beginning of the words that is the name of a command or of a topic. */
function commandPath(words: readonly string[], commands: KnownCommands): string[] {
  const ids = Object.keys(commands)
  const isName = (id: string) => ids.some((one) => one === id || one.startsWith(`${id}:`))
  const end = words.findIndex((_, i) => !isName(words.slice(0, i + 1).join(':')))
  return words.slice(0, end < 0 ? undefined : end)
}

function inCommand(
  command: KnownCommand,
  words: readonly string[],
  current: string,
  given: Map<string, string>,
): AtCursor {
  let pending: KnownFlag | undefined
  let isOver = false
  let typed = 0
  for (const word of words) {
    if (pending) {
      given.set(pending.name, word)
      pending = undefined
    } else if (isOver || !isFlag(word)) typed++
    else if (word === '--') isOver = true
    else pending = takeFlag(command, word, given)
  }
  if (pending) return {kind: 'value', flag: pending, from: 0}
  if (!isOver && current.startsWith('-')) return flagAt(command, current)
  return argumentAt(command, typed)
}

function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-'
}

/** Notes a flag. @returns the flag if its value is the next word */
function takeFlag(command: KnownCommand, word: string, given: Map<string, string>): KnownFlag | undefined {
  const found = findFlag(command, word)
  if (!found) return undefined
  const {flag, from} = found
  given.set(flag.name, from === undefined ? '' : word.slice(from))
  return flag.type === 'option' && from === undefined ? flag : undefined
}

/** The flag that a word is, and where its value begins, if it is in the same word. */
function findFlag({flags}: KnownCommand, word: string): {flag: KnownFlag; from?: number} | undefined {
  const all = Object.values(flags)
  const [, long, assigned] = /^--([^=]+)(=)?/s.exec(word) ?? []
  if (long !== undefined) {
    const flag = all.find(({name, allowNo}) => name === long || (allowNo && `no-${name}` === long))
    return flag && {flag, from: assigned ? long.length + 3 : undefined}
  }
  const flag = all.find(({char}) => char === word[1])
  const from = word[2] === '=' ? 3 : 2
  return flag && {flag, from: word.length > 2 ? from : undefined}
}

function flagAt(command: KnownCommand, current: string): AtCursor {
  const found = findFlag(command, current)
  if (found?.from === undefined) return {kind: 'flag', command}
  const {flag, from} = found
  return flag.type === 'option' ? {kind: 'value', flag, from} : {kind: 'nothing'}
}

function argumentAt(command: KnownCommand, typed: number): AtCursor {
  const args = Object.values(command.args)
  const arg = args[typed] ?? (command.strict === false ? args.at(-1) : undefined)
  return arg ? {kind: 'argument', name: arg.name, options: arg.options} : {kind: 'flag', command}
}
