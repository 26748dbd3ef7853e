import type {Redis} from 'ioredis'
import type {ClientBase} from 'pg'
import type {Cause} from '../queue/dead-letter.ts'
import {Items} from '../queue/items.ts'
import type {Letter} from '../queue/letter.ts'
import type {LetterFilter} from '../queue/letter-filter.ts'
import {LetterScan} from '../queue/letter-scan.ts'
import {normalise} from '../queue/normalise.ts'
import {judgeRecords} from '../sink/judge.ts'
import type {Sink} from '../sink/sink.ts'

/** Why letters would fail now; one line for each error, and one for each missing parent. */
export interface Obstacle {
  reason: string
  code: string
  /** Of a missing parent with its value, else with the values left out. */
  error: string
  letters: number
  /** Id of one of them. */
  example: string
}

export interface Diagnosis {
  matched: number
  /** Letters whose records would all be written now. */
  passing: number
  failing: number
  /** Most letters first. */
  obstacles: Obstacle[]
  /** Obstacles beyond those listed. */
  moreObstacles: number
}

/** Obstacles told apart and counted; a million letters may have a million of them. */
const MOST_KEPT = 10_000

/** Asks Postgres, set by set and without writing, which dead letters would be written now and why the others not. */
export async function diagnoseLetters(
  redis: Redis,
  key: string,
  client: ClientBase,
  sink: Sink,
  options: {filter: LetterFilter; show: number; signal: AbortSignal; onProgress?: (read: number) => void},
): Promise<Diagnosis> {
  const obstacles = new Map<string, Obstacle>()
  const diagnosis = {matched: 0, passing: 0, failing: 0}
  const scan = new LetterScan(redis, key, options.filter)
  for await (const letters of scan.pages()) {
    if (options.signal.aborted) break
    const causes = await judgeLetters(client, sink, letters)
    diagnosis.matched += letters.length
    causes.forEach((cause, i) => {
      if (!cause) diagnosis.passing++
      else {
        diagnosis.failing++
        count(obstacles, cause, letters[i])
      }
    })
    options.onProgress?.(scan.read)
  }
  const sorted = [...obstacles.values()].sort((a, b) => b.letters - a.letters)
  const listed = sorted.slice(0, options.show)
  return {...diagnosis, obstacles: listed, moreObstacles: sorted.length - listed.length}
}

function count(obstacles: Map<string, Obstacle>, cause: Cause, letter: Letter): void {
  const {reason, code} = cause
  const said = reason === 'foreign_key' && cause.detail ? cause.detail : normalise(cause.message)
  const error = obstacles.size < MOST_KEPT ? said : normalise(cause.message)
  const name = JSON.stringify([reason, code, error])
  const known = obstacles.get(name)
  if (known) known.letters++
  else obstacles.set(name, {reason, code, error, letters: 1, example: letter.id})
}

/** Of each letter the first cause for which it would fail now; undefined where it would be written. */
export async function judgeLetters(
  client: ClientBase,
  sink: Sink,
  letters: Letter[],
): Promise<Array<Cause | undefined>> {
  const causes = letters.map((): Cause | undefined => undefined)
  if (letters.length === 0) return causes
  const decoded = sink.decoder.decode(Items.from(letters.map((letter) => letter.item)), 'careful')
  await judgeRecords(client, sink, decoded)
  for (const {record, cause} of decoded.rejections) causes[decoded.itemOf[record]] ??= cause
  return causes
}
