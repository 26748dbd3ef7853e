import {findPath} from '../../json/path.ts'
import {crc32} from './crc32.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** The first byte of an object, an array or null: no key. */
const NO_KEY = new Set([0x7b, 0x5b, 0x6e])

/** How the items of a queue are spread over its shards. */
export interface Placement {
  /** Number of shards. */
  shards: number
  /** Path of the field whose value decides; if left out, the whole item does. */
  by?: readonly string[]
}

/**
 * The number of the shard of an item, from 1: CRC-32 modulo the number of shards, plus 1. It is taken of the value at the
 * path: of a string its UTF-8 bytes without quotes and escapes, of a number, true or false the text as it is written. If
 * there is no such value, or it is null, an object or an array, it is taken of all bytes of the item.
 */
export function shardOf(item: Buffer, {shards, by}: Placement): number {
  return (crcOf(item, by) % shards) + 1
}

function crcOf(item: Buffer, by: readonly string[] | undefined): number {
  const found = by && findPath(item, by as string[])
  if (!found || NO_KEY.has(item[found.start])) return crc32(item)
  const {start, end} = found
  if (item[start] !== QUOTE) return crc32(item, start, end)
  const isPlain = item.subarray(start, end).indexOf(BACKSLASH) < 0
  if (isPlain) return crc32(item, start + 1, end - 1)
  return crc32(Buffer.from(JSON.parse(item.toString('utf8', start, end)) as string))
}
