import {findMember} from './member.ts'
import {JsonScanner} from './scanner.ts'

/** Shared by the functions below, since none of them needs it beyond its own call. */
const scanner = new JsonScanner()

/** A part of a text. */
interface Span {
  start: number
  end: number
}

/** Where a member of a JSON object stands in its text. */
export interface Place {
  /** With its quotes. */
  key: Span
  value: Span
  /** The end of the value before it, and the start of the key behind it; undefined if there is none. */
  before: number | undefined
  behind: number | undefined
  /** Where the object stands that it is a member of. */
  object: Span
}

/**
 * Finds the member at a path of a JSON object, as a filter does: `a.b` is the key b of the object at a, or the key
 * "a.b". For a repeated key, the last one counts. Undefined if there is none, or if the text is not a JSON object.
 */
export function findPlace(bytes: Buffer, path: readonly string[]): Place | undefined {
  return within(bytes, {start: 0, end: bytes.length}, path)
}

function within(bytes: Buffer, text: Span, path: readonly string[]): Place | undefined {
  scanner.open(bytes, text.end)
  const start = scanner.space(text.start)
  if (bytes[start] !== OPENING_BRACE) return undefined
  const end = scanner.object(start)
  if (end < 0 || scanner.space(end) < text.end) return undefined
  const whole = findMember(scanner, bytes, Buffer.from(path.join('.')))
  if (whole >= 0) return placeOf(whole, {start, end})
  const parents = path.flatMap((_, names) => {
    const member = names === 0 ? -1 : findMember(scanner, bytes, Buffer.from(path.slice(0, names).join('.')))
    return member < 0 ? [] : [{names, start: scanner.valueStart[member], end: scanner.valueEnd[member]}]
  })
  for (const {names, ...value} of parents.reverse()) {
    const place = within(bytes, value, path.slice(names))
    if (place) return place
  }
  return undefined
}

const OPENING_BRACE = 0x7b

function placeOf(member: number, object: Span): Place {
  const {keyStart, keyEnd, valueStart, valueEnd, count} = scanner
  return {
    key: {start: keyStart[member] - 1, end: keyEnd[member] + 1},
    value: {start: valueStart[member], end: valueEnd[member]},
    before: member === 0 ? undefined : valueEnd[member - 1],
    behind: member + 1 === count ? undefined : keyStart[member + 1] - 1,
    object,
  }
}

/** Whether an object at this place has a member with this key. */
export function hasKey(bytes: Buffer, object: Span, key: string): boolean {
  return (
    within(bytes.subarray(object.start, object.end), {start: 0, end: object.end - object.start}, [key]) !==
    undefined
  )
}

/** The text with one part replaced. */
export function replaced(bytes: Buffer, {start, end}: Span, text: string | Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(end)])
}

/** The text without a member: also without one comma, and with every other byte as it was. */
export function withoutMember(bytes: Buffer, {key, value, before, behind}: Place): Buffer {
  if (before !== undefined) return replaced(bytes, {start: before, end: value.end}, '')
  return replaced(bytes, {start: key.start, end: behind ?? value.end}, '')
}
