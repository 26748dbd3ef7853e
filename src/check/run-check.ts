import type {ClientBase} from 'pg'
import {judgeItems} from '../letters/diagnose.ts'
import {type Obstacle, Obstacles} from '../letters/obstacles.ts'
import type {Items} from '../record/items.ts'
import {countWritten, writtenBy} from '../record/outcomes.ts'
import {readItems} from '../record/payload/read-items.ts'
import {SeenItems} from '../record/seen-items.ts'
import type {Rejection} from '../sink/decode/decoded.ts'
import {beginTrial, endTrial, judgeParts} from '../sink/judge/judge.ts'
import type {LeaseParts, Part} from '../sink/lease-parts.ts'
import type {Sinks} from '../sink/sinks.ts'
import type {Source} from '../source/source.ts'
import type {CheckReport, OfTable, RefusedItem} from './check-report.ts'
import {type Page, pagesOf} from './pages.ts'
import {type Proposal, proposalsFor} from './proposals.ts'
import {TableTally} from './table-tally.ts'

/** Connections to the database: one tries the records, the other sees the table without them. */
export interface CheckClients {
  trying: ClientBase
  looking: ClientBase
}

export interface CheckOptions {
  /** Identical items are one, as in a queue that is a sorted set. */
  collapse: boolean
  /** Most obstacles to list. */
  show: number
  signal: AbortSignal
  onProgress?: (read: number) => void
  /** Called for each item that would be refused, with its first reason. */
  onRefused?: (item: RefusedItem) => Promise<void>
}

/**
 * Writes records as a worker would, in one transaction that is rolled back at the end, so that each meets those before it,
 * and reports what would be refused and why. Memory stays flat, however much is read.
 */
export async function runCheck(
  {trying, looking}: CheckClients,
  sinks: Sinks,
  source: Source,
  {collapse, show, signal, onProgress, onRefused}: CheckOptions,
): Promise<CheckReport> {
  const check = new Check({trying, looking}, sinks, {collapse, onRefused})
  try {
    await beginTrial(trying)
    for await (const page of pagesOf(source)) {
      if (signal.aborted) break
      await check.page(page)
      onProgress?.(check.counts.read)
    }
    return await check.report(show)
  } finally {
    await endTrial(trying)
  }
}

class Check {
  readonly counts = {read: 0, duplicates: 0, records: 0, refused: 0, unknown: 0, empty: 0}
  readonly #clients: CheckClients
  readonly #sinks: Sinks
  readonly #tables: TableTally[]
  readonly #obstacles = new Obstacles()
  readonly #seen: SeenItems | undefined
  readonly #onRefused: (item: RefusedItem) => Promise<void>

  constructor(
    clients: CheckClients,
    sinks: Sinks,
    {collapse, onRefused = async () => {}}: Pick<CheckOptions, 'collapse' | 'onRefused'>,
  ) {
    this.#onRefused = onRefused
    this.#clients = clients
    this.#sinks = sinks
    this.#tables = sinks.all.map((sink) => new TableTally(sink))
    this.#seen = collapse ? new SeenItems() : undefined
  }

  async page({items: all, places: allPlaces, rejects}: Page): Promise<void> {
    const {counts} = this
    counts.read += all.length + rejects.length
    counts.records += rejects.length
    counts.refused += rejects.length
    for (const reject of rejects) {
      const {source, line, code, message, bytes} = reject
      const cause = {reason: 'malformed', code, message} as const
      const fault = {cause, record: bytes, given: undefined, sink: undefined}
      this.#obstacles.add({state: 'failing', ...fault, faults: [fault]}, `${source}:${line}`)
      await this.#onRefused({...reject, reason: 'malformed'})
    }
    const kept = [...all.keys()].filter((i) => this.#seen?.add(all[i]) ?? true)
    counts.duplicates += all.length - kept.length
    const verdicts = await judgeItems(
      this.#clients.looking,
      this.#sinks,
      kept.map((i) => all[i]),
      {
        all: true,
        judge: (parts) => this.#judge(parts),
        read: async (texts: Items) => readItems(texts, this.#sinks.readOptions),
      },
    )
    for (const [i, verdict] of verdicts.entries()) {
      if (verdict.state === 'passing') continue
      const {source, line} = allPlaces[kept[i]]
      this.#obstacles.add(verdict, `${source}:${line}`)
      if (verdict.state !== 'failing') continue
      const {reason, code, message} = verdict.cause
      await this.#onRefused({source, line, reason, code, message, bytes: all[kept[i]]})
    }
  }

  async #judge(parts: LeaseParts): Promise<Map<Part, Rejection[]>> {
    const {counts} = this
    const tableOf = ({sink}: Part) => this.#tables[this.#sinks.all.indexOf(sink)]
    const unjudged = await judgeParts(this.#clients.trying, parts, (part, records) =>
      tableOf(part).judge(this.#clients, part.lease, records),
    )
    for (const part of parts.all) tableOf(part).count(part.lease)
    for (const records of unjudged.values()) counts.unknown += new Set(records.map((one) => one.record)).size
    counts.records += parts.count
    counts.refused += parts.rest?.count ?? 0
    counts.empty += parts.empty
    return unjudged
  }

  async report(show: number): Promise<CheckReport> {
    const {obstacles, examples, moreObstacles} = this.#obstacles.most(show)
    const tables = this.#tables
    const sum = (of: (table: TableTally) => number) => tables.reduce((total, table) => total + of(table), 0)
    const written = writtenBy((outcome) => sum((table) => table.written[outcome]))
    return {
      ...this.counts,
      ...written,
      refused: this.counts.refused + sum(({refused}) => refused),
      repeated: sum(({repeated}) => repeated),
      passing: countWritten(written),
      obstacles: obstacles.map(({letters, top, ...obstacle}, i) => ({
        ...obstacle,
        items: letters,
        top: top.map(({value, letters: items, records}) => ({value, items, records})),
        exampleText: examples[i],
      })),
      moreObstacles,
      unknownKeyCount: sum(({unknown}) => unknown.count),
      unknownKeys: tables.flatMap((table) => this.#of(table, table.unknown.named)),
      missingColumns: tables.flatMap((table) =>
        table.records === 0 ? [] : this.#of(table, table.given.missing),
      ),
      // Also for what is not shown: whoever runs the statements expects the file to pass
      proposals: await this.#proposals(this.#obstacles.most(Number.POSITIVE_INFINITY).obstacles),
      tables: Object.fromEntries(
        tables.map(({sink, records, refused, written: of}) => [sink.name, {records, refused, ...of}]),
      ),
    }
  }

  async #proposals(obstacles: Obstacle[]): Promise<Array<Proposal & OfTable>> {
    const proposals: Array<Proposal & OfTable> = []
    for (const table of this.#tables) {
      const {sink, given, unknown} = table
      const own = obstacles.filter((one) => one.table === null || one.table === sink.name)
      const seen = {obstacles: own, unknown: unknown.named, given}
      proposals.push(...this.#of(table, await proposalsFor(this.#clients.looking, sink, seen)))
    }
    return proposals
  }

  /** Says of which table something is, if there are several. */
  #of<T extends object>({sink}: TableTally, all: T[]): Array<T & OfTable> {
    return all.map((one) => ({...one, table: this.#tables.length > 1 ? sink.name : null}))
  }
}
