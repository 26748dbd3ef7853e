import {wordAt} from '../../json/lenient.ts'
import {findPath} from '../../json/path.ts'

/**
 * Like `findPath`, but it also accepts the NaN and Infinity that Python writes. The offsets are those in `bytes`,
 * which are not changed.
 */
export function findLenientPath(bytes: Buffer, path: string[]): {start: number; end: number} | undefined {
  return findPath(bytes, path) ?? findPath(withoutWords(bytes), path)
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const ZERO = 0x30
const BLANK = 0x20

/** A copy of the same length with 0 and blanks in place of the words that are not JSON. */
function withoutWords(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  let isInside = false
  for (let at = 0; at < copy.length; at++) {
    if (copy[at] === QUOTE) isInside = !isInside
    else if (isInside && copy[at] === BACKSLASH) at++
    else if (!isInside) {
      const length = wordAt(copy, at)?.length ?? 0
      if (length === 0) continue
      copy.fill(BLANK, at, at + length)
      copy[at] = ZERO
      at += length - 1
    }
  }
  return copy
}
