import {textOfPath} from '../../json/path.ts'
import type {ForeignKey} from '../catalog/table.ts'
import type {Rejection} from '../decode/decoded.ts'
import {alias} from '../decode/record-texts.ts'
import type {LeaseParts, Part} from '../lease-parts.ts'
import {refersTo} from './parents-first.ts'

type OwnRecords = Pick<Part, 'sink' | 'lease'>

/**
 * Finds, for each record that was refused because its parent is missing, whether that parent is a record of the same
 * lease that was refused itself. Then this is the cause, and the record shares the fate of its parent.
 */
export function blameParents(parts: LeaseParts): void {
  for (const part of parts.all) {
    for (const parent of part.parents) {
      if (parent.lease.rejections.length === 0) continue
      const keys = part.sink.table.foreignKeys.filter((key) => refersTo(key, parent.sink))
      for (const key of keys) blameParent(part, parent, key)
    }
  }
}

function blameParent(part: Part, parent: OwnRecords, key: ForeignKey): void {
  const orphans = part.lease.rejections.filter(({cause}) => cause.constraint === key.name)
  if (orphans.length === 0) return
  const {columns} = parent.sink.table
  const ofParent = key.parentColumns.map((name) => columns.findIndex((column) => column.name === name))
  const refused = new Map<string, Rejection>()
  for (const rejection of parent.lease.rejections) {
    const value = keyOf(parent, rejection, ofParent)
    if (value !== undefined && !refused.has(value)) refused.set(value, rejection)
  }
  for (const orphan of orphans) {
    const value = keyOf(part, orphan, key.columns)
    const found = value === undefined ? undefined : refused.get(value)
    if (!found) continue
    const {reason, code, message} = found.cause
    orphan.parent = found
    orphan.cause = {
      ...orphan.cause,
      code: 'PARENT_REFUSED',
      message: `its parent in ${parent.sink.name} was refused: ${reason} (${code})`,
      detail: [orphan.cause.detail, `The parent was refused with: ${message}`].filter(Boolean).join(' '),
    }
  }
}

/** The values of these columns as one text; undefined if the record does not give them all. */
function keyOf({sink, lease}: OwnRecords, {record, cause}: Rejection, columns: number[]): string | undefined {
  if (cause.reason === 'malformed') return undefined
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
