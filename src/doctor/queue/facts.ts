import {setTimeout as delay} from 'node:timers/promises'
import {parseRoutes} from '../../config/routes.ts'
import type {QueueEngine} from '../../queue/engine.ts'
import type {QueueInspection} from '../../queue/inspect.ts'
import type {ItemSample} from '../../queue/items/item-sample.ts'
import type {WorkerState} from '../../queue/worker-state.ts'
import {countSettled} from '../../record/outcomes.ts'
import type {Asking} from '../asking.ts'

type Kept =
  | 'queue'
  | 'at'
  | 'ready'
  | 'leased'
  | 'leases'
  | 'overdueLeases'
  | 'deadLetters'
  | 'paused'
  | 'pauseEndsInMs'
  | 'oldestMs'

/** One queue, at one moment and a second before. */
export interface QueueFacts extends Pick<QueueInspection, Kept> {
  /** Its shards; absent from bundles of earlier releases. */
  spread?: QueueInspection['spread']
  /** Whether Redis holds any key of it. */
  exists: boolean
  /** Since when it is paused, RFC 3339; null too if it is not. */
  pausedSince: string | null
  /** Worker processes that have reported in the last seconds. */
  workers: Array<Pick<WorkerState, 'name' | 'workers' | 'postgres' | 'redis'>>
  /** Whether counters of dead letters contradict what is there. */
  isMiscounted: boolean
  /** Purges whose items are kept in memory longer than they can be restored. */
  oldTrash: number
  sample: ItemSample | null
  /** The table that its workers drain it into; null before the first of them. */
  table: string | null
  /** The further tables of a queue with routes; bundles of earlier releases have none. */
  otherTables?: string[]
  change: QueueChange
}

/** What changed within about a second, by the clock of Redis. */
export interface QueueChange {
  overMs: number
  ready: number
  /** Records put in by producers of qtool, and by workers written or set aside. */
  enqueued: number
  worked: number
  deadLettered: number
}

const APART_MS = 1000

/** Reads a queue twice, a second apart. */
export async function readQueue(
  queue: QueueEngine,
  {asking, signal}: {asking: Asking; signal: AbortSignal},
): Promise<QueueFacts | null> {
  const explained = queue.inspect().catch(async (error: unknown) => {
    throw await queue.explain(error)
  })
  const before = await asking.ask('queue', explained, ALLOW)
  if (before === null) return null
  const sample = await asking.ask('queue.sample', queue.sampleItems(), ALLOW)
  const origin = await asking.ask('queue.pause', queue.pauseOrigin(), ALLOW)
  const binding = await asking.ask('queue.binding', queue.binding(), ALLOW)
  const trash = (await asking.ask('queue.trash', queue.trash(), ALLOW)) ?? []
  const exists = await queue.exists()
  await delay(APART_MS, undefined, {signal}).catch(() => {})
  const now = await queue.inspect()
  return {
    ...keep(now),
    spread: now.spread,
    exists,
    pausedSince: origin?.since ?? null,
    workers: now.workers.map(({name, workers, postgres, redis}) => ({name, workers, postgres, redis})),
    isMiscounted: now.warnings.some((warning) => warning.startsWith('the counters')),
    oldTrash: trash.filter(({until}) => until < now.at).length,
    sample,
    ...tablesOf(binding),
    change: changeOf(before, now),
  }
}

function tablesOf(
  binding: Awaited<ReturnType<QueueEngine['binding']>> | null,
): Pick<QueueFacts, 'table' | 'otherTables'> {
  const routed = parseRoutes(binding?.routes ?? []).map(({table}) => table)
  const [table = binding?.table ?? null, ...otherTables] = new Set(routed)
  return {table, otherTables}
}

const ALLOW = 'give its Redis user what docs/configuration.md lists for inspect, with get and hgetall'

const KEPT: readonly Kept[] = [
  ...(['queue', 'at', 'ready', 'leased', 'leases', 'overdueLeases', 'deadLetters'] as const),
  ...(['paused', 'pauseEndsInMs', 'oldestMs'] as const),
]

function keep(found: QueueInspection): Pick<QueueInspection, Kept> {
  return Object.fromEntries(KEPT.map((name) => [name, found[name]])) as Pick<QueueInspection, Kept>
}

function changeOf(before: QueueInspection, now: QueueInspection): QueueChange {
  const done = ({totals}: QueueInspection) => countSettled(totals)
  return {
    overMs: Date.parse(now.at) - Date.parse(before.at),
    ready: now.ready - before.ready,
    enqueued: now.totals.enqueued - before.totals.enqueued,
    worked: done(now) - done(before),
    deadLettered: now.totals.deadLettered - before.totals.deadLettered,
  }
}
