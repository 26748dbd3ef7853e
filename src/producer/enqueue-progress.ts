import type {Continuation, Figure, Stage} from '../progress/stage.ts'
import type {InputPosition, Place} from './input-position.ts'
import type {LoadResult} from './load-options.ts'

/** What an `enqueue` reads, and how far it is. */
export interface Reading {
  /** Files as they were named; `-` is stdin. None for synthetic records. */
  names: readonly string[]
  /** Whether some of them can be read only once. */
  isLive: boolean
  /** Synthetic records, and how they are made again. */
  synthetic?: {count: number; seed: number}
  /** Bytes of all files; undefined if nobody knows how much will come. */
  size?: number
  position: InputPosition
}

/** How far an `enqueue` is. */
export function enqueueStage(result: LoadResult, reading: Reading, bytesRead: number): Partial<Stage> {
  const {duplicates, enqueued, rejected} = result
  const {synthetic, size, position} = reading
  return {
    doing: 'enqueueing',
    unit: 'record',
    done: position.read?.total ?? 0,
    total: synthetic?.count,
    bytes: size === undefined ? undefined : {read: bytesRead, size},
    also: [...counted(rejected, 'rejected'), ...counted(duplicates, 'duplicates')],
    did: {verb: 'enqueued', count: enqueued, unit: 'record'},
    continued: () => continuation(result, reading),
  }
}

function counted(n: number, what: string): Figure[] {
  return n > 0 ? [{count: n, what}] : []
}

/** Goes on behind the last record before which nothing is left to be sent. */
export function continuation({unsent, unconfirmed}: LoadResult, reading: Reading): Continuation {
  const {names, isLive, synthetic, position} = reading
  const isAllSent = unsent === 0 && unconfirmed === 0
  const place = isAllSent ? position.read : position.settled
  const total = place?.total ?? 0
  const open = (position.read?.total ?? 0) - total
  const caution =
    open > 0 ? `of the ${open} records behind that, some may be in the queue already` : undefined
  if (synthetic) return {flags: {seed: String(synthetic.seed), skip: skipText(total)}, caution}
  if (isLive || names.includes('-')) {
    return {instead: `if the same input comes again, --skip ${total} leaves out what was enqueued`}
  }
  return {...filesFrom(names, place), caution}
}

/** The files from one on. If some are named several times, all of them: one cannot be told from its double. */
function filesFrom(names: readonly string[], place: Place | undefined): Continuation {
  if (!place) return {flags: {skip: null}}
  const at = names.indexOf(place.source)
  if (at < 0 || new Set(names).size < names.length) return {flags: {skip: skipText(place.total)}}
  return {args: names.slice(at), flags: {skip: skipText(place.records)}}
}

function skipText(records: number): string | null {
  return records === 0 ? null : String(records)
}
