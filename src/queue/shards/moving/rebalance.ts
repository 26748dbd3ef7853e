import {setTimeout as wait} from 'node:timers/promises'
import {QtoolError} from '../../../errors.ts'
import {type Member, type ShardSet, sum} from '../shard-set.ts'
import {newHome} from '../spread-queue.ts'
import {fenceShard, HOLD_MS, holdShard, releaseShard} from './hold.ts'
import {moveFrom} from './move-shard.ts'
import {beginMove, endMove, switchMap} from './move-state.ts'
import type {Rebalanced, RebalanceOptions} from './rebalance-options.ts'

/** How often it looks whether all leases are done. */
const LOOK_MS = 100

/**
 * Spreads a queue over another number of shards, while producers and workers run. Where items of one key are to stay in
 * order, workers take nothing new until everything is where it belongs: what was enqueued before is then ahead of what was
 * enqueued since. Killed at any moment, it is finished by the same call; nothing is lost or doubled meanwhile.
 * @throws QtoolError `HELD_LEASES` if workers hold leases for too long, and then nothing has changed; `REBALANCING` while
 * another number of shards is being made
 */
export async function rebalance(set: ShardSet, options: RebalanceOptions): Promise<Rebalanced> {
  const {shards, signal} = options
  const {home} = set
  const begun = await beginMove(home, shards)
  if (begun.to !== shards) throw isRebalancing(set.name, begun.to)
  const known = await set.refresh()
  const hasOrder = (known.shardBy ?? options.shardBy) !== undefined
  const isStrict = known.shards > 0 ? known.isStrict : (options.isStrict ?? false)
  const members = [home, ...(await set.open(Math.max(known.served, shards)))]
  const hold = hasOrder ? holdAll(members, isStrict ? 0 : HOLD_MS) : NO_HOLD
  try {
    await hold.ready
    if (hasOrder && !begun.isSwitched) await untilFree(set.name, members, options)
    if (signal.aborted && !begun.isSwitched) throw interrupted(set.name, shards)
  } catch (error) {
    hold.stop()
    if (!begun.isSwitched) {
      await endMove(home, {to: shards, isSwitched: false})
      await Promise.all(members.map(releaseShard))
    }
    throw error
  }
  try {
    const moved = await moveAll(set, members, options)
    if (signal.aborted) throw interrupted(set.name, shards)
    await endMove(home, {to: shards, isSwitched: true})
    await Promise.all(members.map(releaseShard))
    await set.refresh()
    return moved
  } finally {
    hold.stop()
  }
}

async function moveAll(
  set: ShardSet,
  members: readonly Member[],
  options: RebalanceOptions,
): Promise<Rebalanced> {
  const {shards, shardBy, isStrict, signal, onProgress} = options
  const fields = newHome({shards, shardBy, isStrict}) as Record<string, string>
  const {shard_by, shard_order} = fields
  const epoch = await switchMap(set.home, shards, {shard_by, shard_order})
  // From now on no producer adds anything by the old map
  await Promise.all(members.slice(1).map((member) => fenceShard(member, epoch)))
  await bindAll(members)
  const map = await set.refresh()
  const moved: Rebalanced = {items: 0, deadLetters: 0}
  const to = members.slice(1, shards + 1)
  const onMoved = (what: 'ready' | 'dead', count: number) => {
    moved[what === 'ready' ? 'items' : 'deadLetters'] += count
    onProgress(moved, read)
  }
  let read = 0
  const onRead = (count: number) => {
    read += count
    onProgress(moved, read)
  }
  for (const what of ['ready', 'dead'] as const) {
    await Promise.all(members.map((from) => moveFrom(from, what, {map, shards: to, signal, onMoved, onRead})))
  }
  return moved
}

/** A new shard drains into the table of its queue, also for those who work on it alone. */
async function bindAll([home, ...shards]: readonly Member[]): Promise<void> {
  const binding = await home.queue.binding()
  if (binding) await Promise.all(shards.map(({queue}) => queue.bind(binding, {rebind: true})))
}

interface Hold {
  ready: Promise<unknown>
  stop(): void
}

const NO_HOLD: Hold = {ready: Promise.resolve(), stop: () => {}}

/** Holds all workers back until `stop`. @param forMs for which they wait for a process that has died; 0: without end */
function holdAll(members: readonly Member[], forMs: number): Hold {
  const hold = () => Promise.all(members.map((member) => holdShard(member, forMs)))
  const timer = setInterval(() => hold().catch(() => {}), HOLD_MS / 3)
  return {ready: hold(), stop: () => clearInterval(timer)}
}

/** Waits until no lease is held any more. */
async function untilFree(
  name: string,
  members: readonly Member[],
  {waitMs, signal}: RebalanceOptions,
): Promise<void> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const held = sum(await Promise.all(members.map(({queue}) => queue.countLeases())))
    if (held === 0 || signal.aborted) return
    if (performance.now() > deadline) throw heldLeases(name, held)
    await wait(LOOK_MS, undefined, {signal}).catch(() => {})
  }
}

function heldLeases(name: string, held: number): QtoolError {
  return new QtoolError(`queue ${name} still has ${held} leases, so nothing was changed`, {
    code: 'HELD_LEASES',
    suggestions: [
      'leases of workers that died are taken over by others: start one with "qtool work", or wait longer with --wait 5m',
      'records that wait for their parents are held for as long as their retries take',
    ],
  })
}

function isRebalancing(name: string, to: number): QtoolError {
  return new QtoolError(`queue ${name} is being spread over ${to} shards`, {
    code: 'REBALANCING',
    kind: 'refused',
    suggestions: [`qtool shards rebalance -q ${name} --shards ${to} finishes that`],
  })
}

function interrupted(name: string, to: number): QtoolError {
  return new QtoolError(`interrupted: queue ${name} is not spread over ${to} shards yet`, {
    code: 'INTERRUPTED',
    kind: 'interrupted',
  })
}
