import {textOfPath} from '../../json/path.ts'
import {alias} from '../decode/record-texts.ts'
import type {Part} from '../lease-parts.ts'

/**
 * The values that a record gives for these columns, as one text: the same text means the same values, if not the other
 * way round. Undefined if the record does not give them all.
 */
export function keyText(
  {sink, lease}: Pick<Part, 'sink' | 'lease'>,
  record: number,
  columns: readonly number[],
): string | undefined {
  const array = sink.decoder.texts.array(lease, [record])
  const object = array.subarray(1, array.length - 1)
  const values = columns.map((column) => textOfPath(object, [alias(column)])?.toString())
  if (values.some((value) => value === undefined || value === 'null')) return undefined
  return JSON.stringify(values.map((value = '', i) => comparable(value, sink.table.columns[columns[i]].type)))
}

/** The content of a string; other values as they are. Letters of a UUID mean the same in both cases. */
function comparable(value: string, type: string): string {
  const content: string = value.startsWith('"') ? JSON.parse(value) : value
  return type === 'uuid' ? content.toLowerCase() : content
}
