import type {ClientBase} from 'pg'
import {judgeItems} from '../letters/diagnose.ts'
import {type Obstacle, Obstacles} from '../letters/obstacles.ts'
import type {DeadReason} from '../record/cause.ts'
import type {Items} from '../record/items.ts'
import {countWritten, NOTHING_WRITTEN, type Written, writtenBy} from '../record/outcomes.ts'
import {readItems} from '../record/payload/read-items.ts'
import {SeenItems} from '../record/seen-items.ts'
import type {DecodedLease, Rejection} from '../sink/decode/decoded.ts'
import {beginTrial, endTrial, judgeInTrial} from '../sink/judge/judge.ts'
import type {Sink} from '../sink/sink.ts'
import {Sinks} from '../sink/sinks.ts'
import type {Reject, Source} from '../source/source.ts'
import {countThere} from './count-there.ts'
import {GivenColumns, type MissingColumn} from './given-columns.ts'
import {type Page, pagesOf} from './pages.ts'
import {type Proposal, proposalsFor} from './proposals.ts'
import {type UnknownKey, UnknownKeyTally} from './unknown-keys.ts'

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

/** An item that would be refused, at the place where it was read. */
export type RefusedItem = Reject & {reason: DeadReason}

/** Why records would be refused, with the values at fault. */
export interface CheckObstacle extends Omit<Obstacle, 'letters' | 'alone' | 'top'> {
  /** The values with the most records. */
  top: Array<{value: string; items: number; records: number}>
  /** Items that meet it, and those of them that meet no other. */
  items: number
  alone: number
  /** The beginning of a record that meets it; `example` is where it was read. */
  exampleText: string
}

/** Counts of records, unless they say otherwise. */
export interface CheckReport extends Written {
  /** Lines, rows or elements that were read. */
  read: number
  /** Identical items, of which only one is kept. */
  duplicates: number
  records: number
  /** Records that would become rows, or are rows already. */
  passing: number
  /** Records that would become dead letters, and lines that cannot be items. */
  refused: number
  /** Records that could not be judged: see the obstacles with the state `unknown`. */
  unknown: number
  /** Of those already there: records that repeat the key of an earlier one in what was read. */
  repeated: number
  /** Items that hold no record. */
  empty: number
  obstacles: CheckObstacle[]
  moreObstacles: number
  /** How often keys were given that name no column. */
  unknownKeyCount: number
  unknownKeys: UnknownKey[]
  missingColumns: MissingColumn[]
  proposals: Proposal[]
}

/**
 * Writes records as a worker would, in one transaction that is rolled back at the end, so that each meets those before it,
 * and reports what would be refused and why. Memory stays flat, however much is read.
 */
export async function runCheck(
  {trying, looking}: CheckClients,
  sink: Sink,
  source: Source,
  {collapse, show, signal, onProgress, onRefused}: CheckOptions,
): Promise<CheckReport> {
  const check = new Check({trying, looking}, sink, {collapse, onRefused})
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
  readonly counts = {read: 0, duplicates: 0, records: 0, refused: 0, unknown: 0, repeated: 0, empty: 0}
  #written: Written = NOTHING_WRITTEN
  readonly #clients: CheckClients
  readonly #sink: Sink
  readonly #obstacles: Obstacles
  readonly #given: GivenColumns
  readonly #unknown = new UnknownKeyTally()
  readonly #seen: SeenItems | undefined
  readonly #onRefused: (item: RefusedItem) => Promise<void>

  constructor(
    clients: CheckClients,
    sink: Sink,
    {collapse, onRefused = async () => {}}: Pick<CheckOptions, 'collapse' | 'onRefused'>,
  ) {
    this.#onRefused = onRefused
    this.#clients = clients
    this.#sink = sink
    this.#obstacles = new Obstacles()
    this.#given = new GivenColumns(sink)
    this.#seen = collapse ? new SeenItems() : undefined
  }

  async page({items: all, places: allPlaces, rejects}: Page): Promise<void> {
    const {counts} = this
    counts.read += all.length + rejects.length
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
      new Sinks([this.#sink]),
      kept.map((i) => all[i]),
      {
        all: true,
        judge: async ({all: [part]}) => new Map([[part, await this.#judge(part.lease)]]),
        read: async (texts: Items) => readItems(texts, this.#sink.readOptions),
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

  async #judge(lease: DecodedLease): Promise<Rejection[]> {
    const {counts} = this
    this.#unknown.add(lease)
    const {pending} = lease
    const {unjudged, written} = await judgeInTrial(this.#clients.trying, this.#sink, lease)
    this.#given.add(lease)
    if (written.alreadyThere > 0) {
      const there = await countThere(this.#clients.looking, this.#sink, lease, pending)
      counts.repeated += Math.max(0, written.alreadyThere - there)
    }
    counts.records += lease.count
    counts.refused += new Set(lease.rejections.map(({record}) => record)).size
    counts.unknown += new Set(unjudged.map(({record}) => record)).size
    counts.empty += lease.empty
    const before = this.#written
    this.#written = writtenBy((outcome) => before[outcome] + written[outcome])
    return unjudged
  }

  async report(show: number): Promise<CheckReport> {
    const {obstacles, moreObstacles} = this.#obstacles.most(show)
    const unknownKeys = this.#unknown.named
    const seen = {obstacles, unknown: unknownKeys, given: this.#given}
    return {
      ...this.counts,
      ...this.#written,
      passing: countWritten(this.#written),
      obstacles: obstacles.map(({letters, top, ...obstacle}) => ({
        ...obstacle,
        items: letters,
        top: top.map(({value, letters: items, records}) => ({value, items, records})),
        exampleText: this.#obstacles.exampleText(obstacle.example),
      })),
      moreObstacles,
      unknownKeyCount: this.#unknown.count,
      unknownKeys,
      missingColumns: this.counts.records === 0 ? [] : this.#given.missing,
      proposals: await proposalsFor(this.#clients.looking, this.#sink, seen),
    }
  }
}
