import {findMember} from './member.ts'
import {JsonScanner} from './scanner.ts'

/** Shared by the functions below, since none of them needs it beyond its own call. */
const scanner = new JsonScanner()

/**
 * Finds the value at `path` in the text of a JSON object: it is `bytes[start..end]`; undefined if there is none, or if
 * the text is not a JSON object. For a repeated key, the last value counts, as in most JSON parsers.
 */
export function findPath(bytes: Buffer, path: string[]): {start: number; end: number} | undefined {
  scanner.open(bytes, bytes.length)
  let at = scanner.space(0)
  let end = bytes.length
  for (let level = 0; level < path.length; level++) {
    if (bytes[at] !== 0x7b) return undefined
    const behind = scanner.object(at, level + 1)
    if (behind < 0 || (level === 0 && scanner.space(behind) < bytes.length)) return undefined
    const member = findMember(scanner, bytes, Buffer.from(path[level]))
    if (member < 0) return undefined
    at = scanner.valueStart[member]
    end = scanner.valueEnd[member]
  }
  return {start: at, end}
}

/** The exact text of the value at `path`. */
export function textOfPath(bytes: Buffer, path: string[]): Buffer | undefined {
  const found = findPath(bytes, path)
  return found && bytes.subarray(found.start, found.end)
}

/**
 * The text of an object with the value at `path` replaced, or added as the last member of its object; every other
 * byte stays. Undefined if the path does not lead through objects.
 */
export function setPath(bytes: Buffer, path: string[], value: Buffer): Buffer | undefined {
  const found = findPath(bytes, path)
  if (found) return splice(bytes, found.start, found.end, [value])
  const parent = findPath(bytes, path.slice(0, -1))
  if (!parent || !isObject(bytes, parent.start)) return undefined
  const text = bytes.toString('utf8', parent.start, parent.end)
  const close = parent.start + Buffer.byteLength(text.slice(0, text.lastIndexOf('}')))
  const comma = /^\{\s*\}\s*$/.test(text) ? '' : ','
  const key = Buffer.from(`${comma}${JSON.stringify(path[path.length - 1])}:`)
  return splice(bytes, close, close, [key, value])
}

function isObject(bytes: Buffer, at: number): boolean {
  scanner.open(bytes, bytes.length)
  return scanner.object(at) >= 0
}

function splice(bytes: Buffer, start: number, end: number, middle: Buffer[]): Buffer {
  return Buffer.concat([bytes.subarray(0, start), ...middle, bytes.subarray(end)])
}

/** The positions of the values of a JSON array in its text. */
export function elementsOf(array: Buffer): Array<{start: number; end: number}> {
  scanner.open(array, array.length)
  const found: Array<{start: number; end: number}> = []
  let at = scanner.space(scanner.space(0) + 1)
  while (at < array.length && array[at] !== 0x5d) {
    const end = scanner.value(at, 1)
    if (end < 0) return found
    found.push({start: at, end})
    at = scanner.space(end)
    if (array[at] === 0x2c) at = scanner.space(at + 1)
  }
  return found
}

/** The members of a JSON object: each key with its escapes resolved, and the position of its value. */
export function membersOf(object: Buffer): Array<{key: string; start: number; end: number}> {
  scanner.open(object, object.length)
  scanner.object(scanner.space(0))
  return Array.from({length: scanner.count}, (_, i) => ({
    key: JSON.parse(object.toString('utf8', scanner.keyStart[i] - 1, scanner.keyEnd[i] + 1)),
    start: scanner.valueStart[i],
    end: scanner.valueEnd[i],
  }))
}
