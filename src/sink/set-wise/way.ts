import type {ClientBase} from 'pg'
import {QtoolError} from '../../errors.ts'
import type {Table} from '../catalog/table.ts'
import type {Upsert} from '../upsert/upsert.ts'
import {readSetWise} from './facts.ts'
import {judgeSetWise, type SetWise} from './judge.ts'

/** How foreign keys are to be checked: `auto` is for a whole lease at once wherever that is as safe as row by row. */
export const KEY_CHECKS = ['auto', 'rows', 'set'] as const
export type KeyCheck = (typeof KEY_CHECKS)[number]

/** How the foreign keys of a table are checked. */
export interface KeyWay {
  /**
   * - `set`: the parents of a lease are locked by one statement, and its rows written without the triggers
   * - `rows`: Postgres's own triggers check each row
   * - `none`: the table has no foreign key that Postgres enforces
   */
  way: 'none' | 'rows' | 'set'
  /** Why not for a whole lease at once; empty if it is. */
  reasons: string[]
  /** The grants that would make it possible, as SQL; null if it is, or if none would help. */
  grant: string | null
}

const BY_ROWS: KeyWay = {way: 'rows', reasons: ['--foreign-keys rows asks for that'], grant: null}

/**
 * Chooses how the foreign keys of a table are checked.
 * @param upsert if records update rows: then triggers that react to updates count as well
 * @param table read before, so that whatever changes meanwhile makes another `state`
 * @throws QtoolError (refused) if they are to be checked for a whole lease at once, and cannot be
 */
export async function readKeyWay(
  client: ClientBase,
  {quoted, columns}: Pick<Table, 'quoted' | 'columns'>,
  wanted: KeyCheck,
  upsert?: Upsert,
): Promise<KeyWay> {
  if (wanted === 'rows') return BY_ROWS
  await client.query('BEGIN')
  try {
    const updated = upsert?.columns.map((column) => columns[column].name)
    const facts = await readSetWise(client, quoted, updated)
    if (facts.keys.length === 0) return {way: 'none', reasons: [], grant: null}
    const {possible, reasons, grant} = judgeSetWise(facts)
    if (!possible && wanted === 'set') throw refused(quoted, {possible, reasons, grant})
    return {way: possible ? 'set' : 'rows', reasons, grant}
  } finally {
    await client.query('ROLLBACK').catch(() => {})
  }
}

function refused(name: string, {reasons, grant}: SetWise): QtoolError {
  return new QtoolError(
    `--foreign-keys set: the foreign keys of ${name} cannot be checked for a whole lease at once: ${reasons.join('; ')}`,
    {
      code: 'KEYS_BY_ROWS',
      kind: 'refused',
      suggestions: [
        ...(grant === null ? [] : [`as a superuser: ${grant}`]),
        'leave --foreign-keys out, and Postgres checks them row by row',
      ],
    },
  )
}
