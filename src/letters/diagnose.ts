import type {ClientBase} from 'pg'
import type {DeadLetters} from '../queue/letters/dead-letters.ts'
import type {Letter} from '../queue/letters/letter.ts'
import type {LetterFilter} from '../queue/letters/letter-filter.ts'
import {Items} from '../record/items.ts'
import {plainItems, type ReadItems} from '../record/payload/read-items.ts'
import {judgeRecords} from '../sink/judge/judge.ts'
import type {Sink} from '../sink/sink.ts'
import {type Obstacle, Obstacles, type Verdict} from './obstacles.ts'

export interface Diagnosis {
  matched: number
  /** Letters whose records would all be written now. */
  passing: number
  failing: number
  /** Letters that could not be judged: see the obstacles with the state `unknown`. */
  unknown: number
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
  onProgress?: (read: number) => void
}

/**
 * Writes dead letters as a worker would, page by page, in transactions that are always rolled back, and reports which
 * of them would be written now and why the others would not.
 */
export async function diagnoseLetters(
  letters: DeadLetters,
  client: ClientBase,
  sink: Sink,
  options: DiagnoseOptions,
): Promise<Diagnosis> {
  const obstacles = new Obstacles(sink)
  const counts = {passing: 0, failing: 0, unknown: 0}
  let matched = 0
  const scan = letters.scan(options.filter)
  for await (const page of scan.pages()) {
    if (options.signal.aborted) break
    const verdicts = await judgeLetters(client, sink, page, options.read)
    matched += page.length
    verdicts.forEach((verdict, i) => {
      counts[verdict.state]++
      if (verdict.state !== 'passing') obstacles.add(verdict, page[i].id)
    })
    options.onProgress?.(scan.read)
  }
  return {matched, ...counts, ...obstacles.most(options.show)}
}

/** Judges each letter; see `judgeItems`. */
export function judgeLetters(
  client: ClientBase,
  sink: Sink,
  letters: Letter[],
  read?: ReadLetters,
): Promise<Verdict[]> {
  return judgeItems(
    client,
    sink,
    letters.map(({item}) => item),
    read,
  )
}

/** Judges each item; if several of its records fail, the first one counts. */
export async function judgeItems(
  client: ClientBase,
  sink: Sink,
  items: Buffer[],
  read: ReadLetters = async (texts) => plainItems(texts),
): Promise<Verdict[]> {
  const verdicts = items.map((): Verdict => ({state: 'passing'}))
  if (items.length === 0) return verdicts
  const decoded = sink.decoder.decode(await read(Items.from(items)), 'careful')
  const unjudged = await judgeRecords(client, sink, decoded)
  for (const {record, cause} of unjudged)
    verdicts[decoded.itemOf[record]] = {state: 'unknown', cause, record: decoded.text(record)}
  const failing = decoded.rejections.toSorted((a, b) => b.record - a.record)
  for (const {record, cause} of failing)
    verdicts[decoded.itemOf[record]] = {state: 'failing', cause, record: decoded.text(record)}
  return verdicts
}
