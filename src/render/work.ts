import type {WorkResult} from '../worker/run-work.ts'
import {count, duration, plural} from './format.ts'
import {pairs} from './table.ts'
import {tableWords} from './table-counts.ts'

/** What is shown of a drain. */
export type WorkView = Omit<WorkResult, 'paused'>

/** The summary of one `work`. */
export function renderWork(result: WorkView): string {
  const reasons = Object.entries(result.deadLettersByReason).map(([reason, n]) => `${reason} ${count(n)}`)
  const rows: Array<[string, string]> = [
    ['leases', `${count(result.leases)} (${plural(result.items, 'item')})`],
    ['inserted', plural(result.inserted, 'row')],
    ...rowsIfAny('updated', result.updated),
    ...rowsIfAny('deleted', result.deleted),
    ['already there', count(result.alreadyThere)],
    ['dead letters', `${count(result.deadLettered)}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`],
    ...tableRows(result.tables),
    ...keyRow(result.foreignKeys),
    ...unusual(result),
    ['time', duration(result.seconds * 1000)],
    ['rate', `${count(result.recordsPerSecond)} records/s`],
  ]
  return `queue ${result.queue} → ${result.table}\n${pairs(rows)}`
}

function rowsIfAny(name: string, n: number): Array<[string, string]> {
  return n > 0 ? [[name, plural(n, 'row')]] : []
}

/** A row for each of several tables. */
function tableRows(tables: WorkView['tables']): Array<[string, string]> {
  const all = Object.entries(tables)
  return all.length < 2 ? [] : all.map(([table, counts]) => [`in ${table}`, tableWords(counts)])
}

function keyRow(keys: WorkView['foreignKeys']): Array<[string, string]> {
  if (keys === null || keys.way === 'none') return []
  return [['foreign keys', keys.way === 'set' ? 'checked for a lease at once' : 'checked row by row']]
}

/** Counts that are zero in most runs, and shown only if they are not. */
function unusual({
  empty,
  alreadyGone,
  superseded,
  suppressed,
  recovered,
  retried,
  postponed,
  lostLeases,
}: WorkView): Array<[string, string]> {
  const rows: Array<[string, number, string]> = [
    ['already gone', alreadyGone, `${alreadyGone === 1 ? 'delete' : 'deletes'} of rows that were not there`],
    [
      'superseded',
      superseded,
      `${superseded === 1 ? 'record' : 'records'} whose lease held a newer one with the same key`,
    ],
    [
      'suppressed',
      suppressed,
      `${suppressed === 1 ? 'record' : 'records'} that a trigger or rule dropped or wrote elsewhere`,
    ],
    ['empty', empty, `${empty === 1 ? 'item' : 'items'} without a record`],
    ['recovered', recovered, 'rows written by a worker that died before acknowledging them'],
    ['retried', retried, `${retried === 1 ? 'lease' : 'leases'} after a transient error`],
    ['postponed', postponed, 'retries of records that a foreign key refused'],
    ['lost', lostLeases, `${lostLeases === 1 ? 'lease' : 'leases'} expired and taken over by another worker`],
  ]
  return rows.flatMap(([name, n, meaning]) => (n > 0 ? [[name, `${count(n)} ${meaning}`]] : []))
}
