import type {Redis} from 'ioredis'
import type {Pool, PoolClient} from 'pg'
import {withBoundConflict} from '../config/conflict.ts'
import {recordMapping} from '../config/mapping/mapping.ts'
import {addressOf, type Settings} from '../config/settings.ts'
import {QtoolError} from '../errors.ts'
import {keepMemoryFlat} from '../memory.ts'
import {assertTakesWrites} from '../postgres/read-only.ts'
import {withBinding} from '../queue/binding.ts'
import type {QueueEngine} from '../queue/engine.ts'
import {openQueue, queueClient} from '../queue/open.ts'
import {rehomeQueue} from '../queue/rehome.ts'
import {countSettled} from '../record/outcomes.ts'
import {POLICY_UNKNOWN} from '../redis/eviction.ts'
import {AppliedLeases} from '../sink/ledger/ledger.ts'
import {openSinks} from '../sink/open-sinks.ts'
import type {KeyWay} from '../sink/set-wise/way.ts'
import type {SinkOptions} from '../sink/sink.ts'
import type {Sinks} from '../sink/sinks.ts'
import {drain} from './drain.ts'
import type {Progress, Tell} from './events.ts'
import {keyNotes} from './key-notes.ts'
import {MappingWatch} from './mapping-watch.ts'
import {Meter} from './meter.ts'
import {noteKeyWay} from './note-key-way.ts'
import type {WorkerObserver} from './observer.ts'
import {orderNotes} from './order.ts'
import type {Policy} from './policy.ts'
import type {Clients} from './servers.ts'
import {countsOf, emptyTally, keepTally, type Tally} from './tally.ts'
import type {Target} from './target.ts'
import {tellEvents} from './tell-events.ts'

/** A drain that is about to begin. */
export interface Drain {
  queue: QueueEngine
  pool: Pool
  /** With its schema. */
  table: string
}

export interface Start extends Drain {
  hasLedger: boolean
}

export type ObserversFor = (drain: Drain) => readonly WorkerObserver[]

export interface WorkOptions {
  settings: Settings
  policy: Policy
  /** How records become rows, besides what the settings say. */
  sink: Pick<SinkOptions, 'foreignKeys' | 'strict' | 'allowSpecialValues' | 'maxItemBytes'>
  /** Bind the queue to the named table even if it is bound to another. */
  rebind?: boolean
  signal: AbortSignal
  /** Told of what is worth a line. */
  tell: Tell
  /** Called once the table and the ledger are known, before the first lease is taken. */
  onStart?(start: Start): Promise<void>
  /** Called every second. */
  onProgress?(progress: Progress): void
  /** Told of what happens as well. */
  observers?: ObserversFor
}

export interface WorkResult extends Tally {
  queue: string
  table: string
  seconds: number
  recordsPerSecond: number
  /** How the foreign keys of the table were checked, the last time it was read; null if there are several tables. */
  foreignKeys: KeyWay | null
  /** The same for each table. */
  foreignKeysByTable: Record<string, KeyWay>
}

/** Drains a queue into a table until it is empty or the signal is aborted. */
export async function runWork(redis: Redis, pool: Pool, options: WorkOptions): Promise<WorkResult> {
  keepMemoryFlat()
  const named = {...addressOf(options.settings), durability: options.settings.durability}
  const client = await queueClient(redis, named)
  const note = (message: string) => options.tell({event: 'note', message})
  if (options.rebind && (await rehomeQueue(client, named)))
    note(`queue ${named.name} is bound as these flags say, from now on`)
  const queue = await openQueue(redis, named)
  if (!(await queue.assertKept())) note(POLICY_UNKNOWN)
  const target = await prepare(queue, pool, options)
  const table = target.sinks.names
  for (const text of orderNotes(queue, target.sinks, options.policy)) note(text)
  await options.onStart?.({queue, pool, table, hasLedger: target.ledger !== undefined})
  const {tally, seconds} = await drainTold({redis: client, pool}, target, table, options)
  return {
    queue: options.settings.queue.value,
    table,
    ...tally,
    seconds,
    recordsPerSecond: countSettled(tally) / seconds,
    ...keyWays(target.sinks),
  }
}

function keyWays({all}: Sinks): Pick<WorkResult, 'foreignKeys' | 'foreignKeysByTable'> {
  const byTable = Object.fromEntries(all.map(({name, keys}) => [name, keys]))
  return {foreignKeys: all.length === 1 ? all[0].keys : null, foreignKeysByTable: byTable}
}

/** Drains, and tells what happens and how far it is. */
async function drainTold(
  clients: Clients,
  target: Target,
  table: string,
  {policy, signal, tell, onProgress, observers}: WorkOptions,
): Promise<{tally: Tally; seconds: number}> {
  const {queue, sinks} = target
  const read = [...sinks.all]
  const tally = emptyTally()
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  const note = (message: string) => tell({event: 'note', message})
  const mappings = new MappingWatch(queue, note)
  const meter = new Meter({counts: () => tally, depth: () => queue.depth(), onProgress, tell})
  try {
    await drain(clients, target, {
      policy,
      signal,
      observers: [
        keepTally(tally),
        tellEvents(sinks.all, tell),
        noteKeyWay(sinks.all, note),
        {sinkChanged: (next) => read.push(next)},
        ...(observers?.({queue, pool: clients.pool, table}) ?? []),
      ],
    })
    for (const text of keyNotes(read, tally)) note(text)
    return {tally, seconds: elapsed()}
  } finally {
    meter.stop()
    mappings.stop()
    tell({event: 'stopped', seconds: elapsed(), ...countsOf(tally)})
  }
}

/** Reads the table, and binds the queue to it. */
async function prepare(queue: QueueEngine, pool: Pool, options: WorkOptions): Promise<Target> {
  const rebind = options.rebind ?? false
  // Naming a table replaces the whole mapping; without a name, the queue's own table and mapping are used
  const isNamed = options.settings.table.source !== 'default'
  const binding = await queue.binding()
  const bound = isNamed ? undefined : binding
  const {table, records, ...settings} = withBinding(options.settings, bound)
  const mapping = recordMapping(settings)
  // Who wrote the items does not change with the table
  const payload = withBinding(options.settings, binding).payload.value
  const conflict = withBoundConflict(options.settings.conflict, bound ?? {})
  const client = await pool.connect()
  try {
    await assertTakesWrites(client)
    const sinks = await openSinks(client, {
      ...options.sink,
      ...conflict,
      table: table.value,
      ...mapping,
      payload,
      records: records.value,
    })
    await queue.keep()
    const origin = await queue.origin()
    const ledger = await openLedger(client, origin, options)
    const ownBinding = {
      table: sinks.quoted,
      records: records.value,
      payload,
      ...mapping,
      ...sinks.conflict,
      routes: sinks.routes,
    }
    await queue.bind(ownBinding, {rebind})
    return {queue, sinks, ledger}
  } finally {
    client.release()
  }
}

/** Opens the ledger, or warns if this role cannot write it. */
async function openLedger(
  client: PoolClient,
  origin: string,
  {tell}: WorkOptions,
): Promise<AppliedLeases | undefined> {
  const ledger = new AppliedLeases('qtool', origin)
  const state = await ledger.state(client)
  if (state === 'missing') {
    throw new QtoolError('the ledger qtool.applied_lease does not exist in the database', {
      code: 'NO_LEDGER',
      suggestions: ['qtool migrate creates it'],
    })
  }
  if (state === 'outdated') {
    throw new QtoolError('the ledger qtool.applied_lease was made by an older qtool, and lacks columns', {
      code: 'OLD_LEDGER',
      suggestions: ['qtool migrate adds them; workers of the older qtool can go on meanwhile'],
    })
  }
  if (state === 'closed') {
    tell({
      event: 'note',
      message:
        'WARNING: this role cannot write the ledger qtool.applied_lease. If a worker dies between its COMMIT and its acknowledgement, its rows are written again unless a unique key prevents it',
    })
  }
  return state === 'open' ? ledger : undefined
}
