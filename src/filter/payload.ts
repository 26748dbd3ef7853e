import {markedRecords} from '../config/marked-records.ts'
import {nullForNaN} from '../json/lenient.ts'
import {elementsOf, findPath} from '../json/path.ts'

const NOT_JSON = ['NaN', 'Infinity']
const OPENING_BRACKET = 0x5b

/**
 * The JSON objects in which a filter looks for values: the payload, and each of its records where it is an envelope, or
 * where a route has kept them in their place. A NaN, which is no JSON, counts as null.
 */
export function payloadObjects(payload: Buffer, recordsPath: readonly string[]): Buffer[] {
  const item = NOT_JSON.some((word) => payload.includes(word)) ? nullForNaN(payload) : payload
  const marked = markedRecords(item)
  if (marked) return [item, ...marked.map(({start, end}) => item.subarray(start, end))]
  const records = findPath(item, [...recordsPath])
  if (!records || item[records.start] !== OPENING_BRACKET) return [item]
  const array = item.subarray(records.start, records.end)
  return [item, ...elementsOf(array).map(({start, end}) => array.subarray(start, end))]
}
