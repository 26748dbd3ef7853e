import type {ForeignKey} from '../catalog/table.ts'
import type {Rejection} from '../decode/decoded.ts'
import type {LeaseParts, Part} from '../lease-parts.ts'
import {keyText} from './key-text.ts'
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
  // A delete has no parent, and one that is refused leaves its row to be one
  const orphans = writesOf(part).filter(({cause}) => cause.constraint === key.name)
  if (orphans.length === 0) return
  const {columns} = parent.sink.table
  const ofParent = key.parentColumns.map((name) => columns.findIndex((column) => column.name === name))
  const refused = new Map<string, Rejection>()
  for (const rejection of writesOf(parent)) {
    const value = keyText(parent, rejection.record, ofParent)
    if (value !== undefined && !refused.has(value)) refused.set(value, rejection)
  }
  for (const orphan of orphans) {
    const value = keyText(part, orphan.record, key.columns)
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

/** The refused records that would have written a row, and whose values can be read. */
function writesOf({lease}: OwnRecords): Rejection[] {
  return lease.rejections.filter(
    ({record, cause}) => cause.reason !== 'malformed' && !lease.deletes.has(record),
  )
}
