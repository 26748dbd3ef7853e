import {randomBytes} from 'node:crypto'
import {MAX_ITEM_BYTES} from '../json/item.ts'

/** The text of one item. */
export interface ShapedItem {
  bytes: Buffer
  start: number
  end: number
  records: number
}

/** Makes items of records: one each, in envelopes, or marked so that repeats differ. */
export interface ItemShape {
  /** Adds a record; returns the item that it completes, if any, valid until the next call. */
  add(bytes: Buffer, start: number, end: number): ShapedItem | undefined
  /** Records of the item under way. */
  readonly held: number
  /** Completes the item under way. */
  finish(): ShapedItem | undefined
}

/** How items are made of records. */
export interface ShapeOptions {
  /** Most records of one envelope; undefined if each record is an item. */
  group?: number
  /** Path of the records in an envelope, as `work` reads it: `points`, `data.points`. */
  records: string
  keepDuplicates: boolean
  /** Largest item, MAX_ITEM_BYTES unless given. An envelope that the next record would make larger goes out before it. */
  maxBytes?: number
}

/** What surrounds a record in its item: for the record, the limits of an item are lower by this much. */
export interface Wrapping {
  bytes: number
  /** Levels of nesting. */
  depth: number
}

/** Records must fit into an item together with their `wrappingOf`; their readers ensure that. */
export function itemShape(options: ShapeOptions): ItemShape {
  const {group, records, keepDuplicates} = options
  const maxBytes = (options.maxBytes ?? MAX_ITEM_BYTES) - (keepDuplicates ? MARK_BYTES : 0)
  const shape = group === undefined ? single() : envelopes(group, records, maxBytes)
  return keepDuplicates ? distinct(shape) : shape
}

export function wrappingOf({group, records, keepDuplicates}: Omit<ShapeOptions, 'maxBytes'>): Wrapping {
  const mark = keepDuplicates ? MARK_BYTES : 0
  if (group === undefined) return {bytes: mark, depth: 0}
  const {head, tail, depth} = envelopeOf(records)
  return {bytes: head.length + tail.length + mark, depth}
}

function single(): ItemShape {
  const item: ShapedItem = {bytes: Buffer.alloc(0), start: 0, end: 0, records: 1}
  return {
    held: 0,
    add: (bytes, start, end) => Object.assign(item, {bytes, start, end}),
    finish: () => undefined,
  }
}

/** `{"points":[record,…]}`, or `{"data":{"points":[record,…]}}` for a deeper path. */
function envelopeOf(records: string): {head: Buffer; tail: Buffer; depth: number} {
  const path = records.split('.')
  const head = Buffer.from(`${path.map((key) => `{${JSON.stringify(key)}:`).join('')}[`)
  return {head, tail: Buffer.from(`]${'}'.repeat(path.length)}`), depth: path.length + 1}
}

function envelopes(group: number, records: string, maxBytes: number): ItemShape {
  const {head, tail} = envelopeOf(records)
  const empty = head.length + tail.length
  let parts: Buffer[] = []
  let size = empty
  const close = (): ShapedItem | undefined => {
    if (parts.length === 0) return undefined
    const joined = parts.flatMap((part, i) => (i === 0 ? [part] : [COMMA, part]))
    const bytes = Buffer.concat([head, ...joined, tail])
    const item = {bytes, start: 0, end: bytes.length, records: parts.length}
    parts = []
    size = empty
    return item
  }
  return {
    get held() {
      return parts.length
    },
    add(bytes, start, end) {
      const more = COMMA.length + end - start
      const full = size + more > maxBytes ? close() : undefined
      parts.push(Buffer.from(bytes.subarray(start, end)))
      size += more
      return full ?? (parts.length === group ? close() : undefined)
    },
    finish: close,
  }
}

const COMMA = Buffer.from(',')

/** Most white space after an item: 24 bits of the run and 40 of the count. */
const MARK_BYTES = 64

/**
 * Members of a sorted set must differ, but records may not change. So white space after the text, which JSON ignores,
 * encodes a number in blanks and tabs: 24 random bits of this run, then the count of the item.
 */
function distinct(shape: ItemShape): ItemShape {
  const run = randomBytes(3).readUIntBE(0, 3).toString(2).padStart(24, '0')
  let count = 0
  const mark = (item: ShapedItem | undefined) => {
    if (!item) return undefined
    const digits = run + (count++).toString(2)
    const tail = Buffer.from(digits.replaceAll('0', ' ').replaceAll('1', '\t'))
    const bytes = Buffer.concat([item.bytes.subarray(item.start, item.end), tail])
    return {bytes, start: 0, end: bytes.length, records: item.records}
  }
  return {
    get held() {
      return shape.held
    },
    add: (bytes, start, end) => mark(shape.add(bytes, start, end)),
    finish: () => mark(shape.finish()),
  }
}
