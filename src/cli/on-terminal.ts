import {fitLines} from '../render/fit-lines.ts'

/** A text as it is written to this stream: on a terminal, wide lines are broken between their words. */
export function onTerminal(text: string, {isTTY, columns}: NodeJS.WriteStream): string {
  return isTTY && columns ? fitLines(text, columns) : text
}
