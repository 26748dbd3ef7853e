import {randomBytes} from 'node:crypto'

/** The text of one item. */
export interface ShapedItem {
  bytes: Buffer
  start: number
  end: number
  records: number
}

/** Makes items of records: each by itself, in envelopes, or made different from its repeats. */
export interface ItemShape {
  /** Adds a record; returns the item it completes, valid until the next call. */
  add(bytes: Buffer, start: number, end: number): ShapedItem | undefined
  /** Records of the item under way. */
  readonly held: number
  /** Completes the item under way. */
  finish(): ShapedItem | undefined
}

/** @param options.records path of the records in an envelope, as `work` reads it: `points`, `data.points` */
export function itemShape(options: {group?: number; records: string; keepDuplicates: boolean}): ItemShape {
  const shape = options.group === undefined ? single() : envelopes(options.group, options.records)
  return options.keepDuplicates ? distinct(shape) : shape
}

function single(): ItemShape {
  const item: ShapedItem = {bytes: Buffer.alloc(0), start: 0, end: 0, records: 1}
  return {
    held: 0,
    add: (bytes, start, end) => Object.assign(item, {bytes, start, end}),
    finish: () => undefined,
  }
}

/** `{"points":[record,…]}`, or `{"data":{"points":[record,…]}}` where the path leads deeper. */
function envelopes(group: number, records: string): ItemShape {
  const path = records.split('.')
  const head = Buffer.from(`${path.map((key) => `{${JSON.stringify(key)}:`).join('')}[`)
  const tail = Buffer.from(`]${'}'.repeat(path.length)}`)
  let parts: Buffer[] = []
  const close = (): ShapedItem | undefined => {
    if (parts.length === 0) return undefined
    const joined = parts.flatMap((part, i) => (i === 0 ? [part] : [COMMA, part]))
    const bytes = Buffer.concat([head, ...joined, tail])
    const item = {bytes, start: 0, end: bytes.length, records: parts.length}
    parts = []
    return item
  }
  return {
    get held() {
      return parts.length
    },
    add(bytes, start, end) {
      parts.push(Buffer.from(bytes.subarray(start, end)))
      return parts.length === group ? close() : undefined
    },
    finish: close,
  }
}

const COMMA = Buffer.from(',')

/**
 * Members of a sorted set must differ, records may not change: so white space behind the text, which JSON
 * ignores, spells a number in blanks and tabs: 24 random bits of this run, then the count of the item.
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
