import {randomUUID} from 'node:crypto'
import type {NothingTaken} from '../queue/lease.ts'
import {mappingWords} from '../queue/mapping-words.ts'
import {LeaseHolder} from './hold.ts'
import {Housekeeping} from './housekeeping.ts'
import type {WorkerObserver} from './observer.ts'
import {fanOut} from './observers.ts'
import {Opening} from './opening.ts'
import {keepsOrder} from './order.ts'
import {Pace} from './pace.ts'
import {PauseWatch} from './pause.ts'
import type {Policy} from './policy.ts'
import {Presence} from './presence.ts'
import {type Clients, postgresWorks, watchServers} from './servers.ts'
import type {Target} from './target.ts'
import type {Worker} from './worker.ts'
import {WorkerQueue} from './worker-queue.ts'

export interface DrainOptions {
  policy: Policy
  /** First Ctrl-C: take no new lease, finish the current ones. */
  signal: AbortSignal
  /** Told of everything that happens, in this order. */
  observers: readonly WorkerObserver[]
}

/** Longest pause before looking again at a queue whose items others hold, or at an unavailable Postgres, ms. */
const IDLE_MS = 200

/**
 * Drains a queue into a table with several loops: take a lease, write it, acknowledge it.
 * @throws the error that stopped it; unfinished leases stay in Redis, and the next worker takes them over
 */
export async function drain(clients: Clients, target: Target, options: DrainOptions): Promise<void> {
  const {policy, signal} = options
  const {options: mapping, conflict, routes, quoted} = target.sinks
  const words = mappingWords({...mapping, ...conflict, routes, table: quoted})
  const presence = new Presence(target.queue, {workers: policy.workers, mapping: words})
  const observer = fanOut([presence, ...options.observers])
  const servers = watchServers(clients, observer)
  const pace = new Pace(policy.batch, signal)
  const queue = new WorkerQueue(servers, target.queue, pace)
  const onRedisReady = () => {
    servers.breakers.redis.hurry()
    pace.wake()
  }
  clients.redis.on('ready', onRedisReady)
  try {
    await new Loops({servers, target, queue, policy, pace, observer}).run()
  } finally {
    clients.redis.off('ready', onRedisReady)
    pace.close()
    await presence.stop()
  }
}

/** The loops of one process. */
class Loops {
  readonly #worker: Worker
  readonly #holder: LeaseHolder
  readonly #housekeeping: Housekeeping
  readonly #pauses: PauseWatch

  constructor(worker: Worker) {
    this.#worker = worker
    this.#holder = new LeaseHolder(worker)
    this.#housekeeping = new Housekeeping(worker.queue, worker.servers.pool, worker.target)
    this.#pauses = new PauseWatch(worker.queue, worker.observer)
  }

  async run(): Promise<void> {
    const {policy, pace} = this.#worker
    let failure: unknown
    const most = {loops: policy.workers, withinMs: policy.openingMs}
    const opening = new Opening(most, () =>
      this.#loop(() => opening.onLeaseDone()).catch((error: unknown) => {
        failure ??= error
        pace.fail()
      }),
    )
    await opening.run()
    if (failure !== undefined) throw failure
  }

  async #loop(onLeaseDone: () => void): Promise<void> {
    const {servers, queue, policy, pace, observer} = this.#worker
    const taker = randomUUID()
    const isStrict = keepsOrder(this.#worker.target.sinks, policy)
    for (let turn = 1; !pace.isStopping; turn++) {
      if (!(await postgresWorks(servers))) {
        await pace.idle(IDLE_MS)
        continue
      }
      await this.#housekeeping.tidy(policy.leaseMs)
      // A repeated call has the same turn: if the first one was executed but its reply was lost, it gets the same lease
      const count = pace.size.next()
      const take = await queue.take({taker, turn, count, lengthMs: policy.leaseMs, isStrict})
      if (!take) return
      await this.#pauses.notice(take)
      if (take.state === 'lease' || take.state === 'oversized') {
        observer.taken(take.lease)
        await this.#holder.work(take.lease)
        onLeaseDone()
        if (policy.untilEmpty || take.mayBeMore) pace.wake()
        else await pace.turn()
      } else if (!policy.untilEmpty) await pace.turn()
      else if (await this.#isOver(take)) return
      else await pace.idle(Math.min(take.nextVisibleInMs ?? IDLE_MS, IDLE_MS))
    }
  }

  /** Whether a worker that drains until the queue is empty has nothing left to do. */
  async #isOver({held, ready}: NothingTaken): Promise<boolean> {
    const isEmpty = held === 0 && ready === 0
    if (isEmpty) return !(await this.#housekeeping.tidy(0))
    // No worker can take the remaining items until the queue is resumed
    return this.#pauses.paused
  }
}
