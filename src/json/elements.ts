import type {JsonScanner} from './scanner.ts'

const COMMA = 0x2c
const CLOSING_BRACKET = 0x5d

/**
 * Goes through the elements of the array `bytes[start..end]`, a JSON text that was checked.
 * @param scanner nobody else may move it meanwhile, except `take`
 * @param take gets each element with its position; true ends it
 * @returns whether it was ended
 */
export function eachElement(
  scanner: JsonScanner,
  {bytes, start, end}: {bytes: Buffer; start: number; end: number},
  take: (index: number, from: number, to: number) => boolean,
): boolean {
  scanner.open(bytes, end)
  let from = scanner.space(start + 1)
  for (let i = 0; bytes[from] !== CLOSING_BRACKET; i++) {
    const to = scanner.value(from, 0)
    if (take(i, from, to)) return true
    scanner.open(bytes, end)
    from = scanner.space(to)
    if (bytes[from] === COMMA) from = scanner.space(from + 1)
  }
  return false
}
