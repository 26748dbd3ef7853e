import type {ClientBase} from 'pg'
import type {DeadLetters} from '../queue/letters/dead-letters.ts'
import type {Letter} from '../queue/letters/letter.ts'
import type {LetterFilter} from '../queue/letters/letter-filter.ts'
import {Items} from '../record/items.ts'
import {plainItems, type ReadItems} from '../record/payload/read-items.ts'
import type {DecodedLease, Rejection} from '../sink/decode/decoded.ts'
import {furtherCauses} from '../sink/judge/further-causes.ts'
import {judgeRecords} from '../sink/judge/judge.ts'
import type {LeaseParts, Part} from '../sink/lease-parts.ts'
import type {Sink} from '../sink/sink.ts'
import type {Sinks} from '../sink/sinks.ts'
import {type Fault, type Obstacle, Obstacles, type Verdict} from './obstacles.ts'

export interface Diagnosis {
  matched: number
  /** Letters whose records would all be written now. */
  passing: number
  failing: number
  /** Letters that could not be judged: see the obstacles with the state `unknown`. */
  unknown: number
  /** Letters with more than one obstacle, which count for each of them. */
  several: number
  /** Most letters first. */
  obstacles: Obstacle[]
  /** Obstacles beyond those listed. */
  moreObstacles: number
}

/** Unpacks the records of letters' items. */
export type ReadLetters = (items: Items) => Promise<ReadItems>

export interface DiagnoseOptions {
  filter: LetterFilter
  /** Most obstacles to show. */
  show: number
  /** Items are records themselves if it is left out. */
  read?: ReadLetters
  signal: AbortSignal
  /** @param judged letters that matched */
  onProgress?: (read: number, judged: number) => void
}

/**
 * Writes dead letters as a worker would, page by page, in transactions that are always rolled back, and reports which
 * of them would be written now and why the others would not.
 */
export async function diagnoseLetters(
  letters: DeadLetters,
  client: ClientBase,
  sinks: Sinks,
  options: DiagnoseOptions,
): Promise<Diagnosis> {
  const obstacles = new Obstacles()
  const counts = {passing: 0, failing: 0, unknown: 0}
  let matched = 0
  const scan = letters.scan(options.filter)
  for await (const page of scan.pages()) {
    if (options.signal.aborted) break
    const verdicts = await judgeLetters(client, sinks, page, {read: options.read, all: true})
    matched += page.length
    verdicts.forEach((verdict, i) => {
      counts[verdict.state]++
      if (verdict.state !== 'passing') obstacles.add(verdict, page[i].id)
    })
    options.onProgress?.(scan.read, matched)
  }
  const {obstacles: found, moreObstacles, several} = obstacles.most(options.show)
  return {matched, ...counts, obstacles: found, moreObstacles, several}
}

/** Judges each letter; see `judgeItems`. */
export function judgeLetters(
  client: ClientBase,
  sinks: Sinks,
  letters: Letter[],
  options?: JudgeOptions,
): Promise<Verdict[]> {
  return judgeItems(
    client,
    sinks,
    letters.map(({item}) => item),
    options,
  )
}

export interface JudgeOptions {
  /** Items are records themselves if it is left out. */
  read?: ReadLetters
  /** Judges the records; in a transaction of their own if it is left out. @returns those that could not be judged */
  judge?: (parts: LeaseParts) => Promise<ReadonlyMap<Part, Rejection[]>>
  /** Asks for everything that stands in the way of an item, and not only for the first obstacle of each record. */
  all?: boolean
}

/** Judges each item: whether all of its records would be written now. */
export async function judgeItems(
  client: ClientBase,
  sinks: Sinks,
  items: Buffer[],
  {
    read = async (texts) => plainItems(texts),
    judge = (parts) => judgeRecords(client, parts),
    all = false,
  }: JudgeOptions = {},
): Promise<Verdict[]> {
  if (items.length === 0) return []
  const laneOf = () => 'careful' as const
  const parts = await sinks.inOrder(client, sinks.decode(await read(Items.from(items)), laneOf), laneOf)
  const unjudged = await judge(parts)
  const [failing, unknown] = [new Faults(items.length), new Faults(items.length)]
  for (const part of parts.all) {
    const further = all ? await furtherCauses(client, part) : []
    failing.add(part.lease, [...part.lease.rejections, ...further], part.sink)
    unknown.add(part.lease, unjudged.get(part) ?? [], part.sink)
  }
  if (parts.rest) failing.add(parts.rest, parts.rest.rejections)
  return items.map((_, i) => verdictOf(failing.ofItem[i], unknown.ofItem[i]))
}

/** What stands in the way of each item. */
class Faults {
  readonly ofItem: Fault[][]

  constructor(items: number) {
    this.ofItem = Array.from({length: items}, () => [])
  }

  /** @param sink the table that the records are for, if any takes them */
  add(lease: DecodedLease, rejections: readonly Rejection[], sink?: Sink): void {
    for (const rejection of rejections.toSorted((a, b) => a.record - b.record)) {
      const {record, cause} = rejection
      const given = sink?.decoder.givenText(lease, rejection)
      this.ofItem[lease.itemOf[record]].push({cause, record: lease.text(record), given, sink})
    }
  }
}

function verdictOf(failing: Fault[], unknown: Fault[]): Verdict {
  if (failing.length > 0) return {state: 'failing', ...failing[0], faults: failing}
  return unknown.length > 0 ? {state: 'unknown', ...unknown[0], faults: unknown} : {state: 'passing'}
}
