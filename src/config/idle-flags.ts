import {usageError} from '../errors.ts'

/** What a parser of command lines says of the words that it found. */
export interface ParsedLine {
  raw: Array<{type: 'flag'; flag: string; input: string} | {type: 'arg'}>
}

/** Whether a flag was typed, rather than filled in with its default. */
export function isTyped({raw}: ParsedLine, flag: string): boolean {
  return raw.some((token) => token.type === 'flag' && token.flag === flag)
}

/**
 * Refuses flags that have no effect beside the others: whoever typed one expects it to do something.
 * @param idle flag → when it has no effect, e.g. `without --group`; false where it has one
 * @throws QtoolError (usage)
 */
export function assertNoIdleFlags(parsed: ParsedLine, idle: Record<string, string | false>): void {
  for (const [flag, when] of Object.entries(idle)) {
    if (!when || !isTyped(parsed, flag)) continue
    throw usageError(
      `--${flag} has no effect ${when}`,
      `leave --${flag} out, or see --help for what it goes with`,
    )
  }
}
