import {DatabaseError} from 'pg'
import {Counter, type Registry} from 'prom-client'
import {OUTCOME_NAMES, OUTCOMES} from '../record/outcomes.ts'
import type {HeldLease} from '../worker/held-lease.ts'
import type {WorkerObserver, WrittenLease} from '../worker/observer.ts'
import {deaths} from '../worker/poison.ts'
import {countTables, type TableCount} from '../worker/table-counts.ts'

/** What became of a record; `recovered` was written by a worker that did not live to acknowledge it. */
const RECORDS = [...Object.values(OUTCOMES), ...(['dead_lettered', 'postponed', 'recovered'] as const)]

/**
 * What became of a lease. Every hand-out is `taken`, and one whose earlier holder vanished is `taken_over` as well.
 * `failed` was given back after an attempt that used up a retry, `released` without one.
 */
const LEASES = ['taken', 'taken_over', 'settled', 'released', 'failed', 'split', 'lost'] as const

/** Counts the records and leases of a worker process. */
export function countWork(registry: Registry, queue: string): WorkerObserver {
  const registers = [registry]
  const records = new Counter({
    name: 'qtool_records_total',
    help: 'Records that workers are done with, by what became of them.',
    labelNames: ['queue', 'outcome'],
    registers,
  })
  const leases = new Counter({
    name: 'qtool_leases_total',
    help: 'Leases, by what became of them; a lease that is taken again counts again.',
    labelNames: ['queue', 'outcome'],
    registers,
  })
  const retries = new Counter({
    name: 'qtool_retries_total',
    help: 'Leases tried in vain, by the first two characters of the SQLSTATE.',
    labelNames: ['sqlstate_class'],
    registers,
  })
  const leftOut = new Counter({
    name: 'qtool_left_out_values_total',
    help: 'Values of records whose key matches no column, and which are therefore not written.',
    labelNames: ['queue'],
    registers,
  })
  const byTable = new Counter({
    name: 'qtool_table_records_total',
    help: 'Records that workers have written or refused, by table and by what became of them.',
    labelNames: ['queue', 'table', 'outcome'],
    registers,
  })
  leftOut.inc({queue}, 0)
  // A counter that is not there before its first event hides that event from rate()
  for (const outcome of RECORDS) records.inc({queue, outcome}, 0)
  for (const outcome of LEASES) leases.inc({queue, outcome}, 0)
  const lease = (outcome: (typeof LEASES)[number]) => leases.inc({queue, outcome})
  const lost = new WeakSet<HeldLease>()
  return {
    taken(held) {
      lease('taken')
      if (deaths(held) > 0) lease('taken_over')
    },
    written(_, {tables}) {
      for (const {unknown} of tables) leftOut.inc({queue}, unknown.count)
    },
    settled(held, written) {
      if (!lost.has(held)) lease('settled')
      for (const [outcome, count] of recordsOf(written)) records.inc({queue, outcome}, count)
      for (const [table, counts] of Object.entries(countTables(written))) {
        for (const [outcome, count] of outcomesOf(counts)) byTable.inc({queue, table, outcome}, count)
      }
    },
    gaveBack(_, why, error) {
      lease(why === 'failed' ? 'failed' : 'released')
      if (why === 'failed') retries.inc({sqlstate_class: classOf(error)})
    },
    split: () => lease('split'),
    lost(held) {
      lost.add(held)
      lease('lost')
    },
  }
}

function outcomesOf(counts: TableCount): Array<[string, number]> {
  const written = OUTCOME_NAMES.map((outcome): [string, number] => [OUTCOMES[outcome], counts[outcome]])
  return [...written, ['dead_lettered', counts.deadLettered]]
}

function recordsOf(written: WrittenLease): Array<[string, number]> {
  if (written.wasApplied) return [['recovered', written.records]]
  return [
    ...outcomesOf({...written, deadLettered: written.deadLetters.length}),
    ['postponed', written.postponed.length],
  ]
}

/** There are few: only errors that SQLSTATES calls transient are tried again. */
function classOf(error: unknown): string {
  return error instanceof DatabaseError && error.code ? error.code.slice(0, 2) : 'none'
}
