import type {JsonScanner} from './scanner.ts'

/** A part of a text. */
export interface Span {
  start: number
  end: number
}

/**
 * What has to go from the text of the scanner's last object so that some members are gone: each with one comma, while
 * every other byte stays.
 */
export function cutsOf(scanner: JsonScanner, isCut: (member: number) => boolean): Span[] {
  const {count, keyStart, valueEnd} = scanner
  const cuts: Span[] = []
  let isFirst = true
  for (let i = 0; i < count; i++) {
    if (!isCut(i)) isFirst = false
    else if (!isFirst) cuts.push({start: valueEnd[i - 1], end: valueEnd[i]})
    else cuts.push({start: keyStart[i] - 1, end: i + 1 < count ? keyStart[i + 1] - 1 : valueEnd[i]})
  }
  return cuts
}

/** The text from `start` to `end` without what is cut. @param cuts in their order; none is in there by a part */
export function textWithout(bytes: Buffer, {start, end}: Span, cuts: readonly Span[]): Buffer {
  const parts: Buffer[] = []
  let at = start
  for (const cut of cuts) {
    if (cut.start < start || cut.end > end) continue
    parts.push(bytes.subarray(at, cut.start))
    at = cut.end
  }
  return Buffer.concat([...parts, bytes.subarray(at, end)])
}
