import type {QueueEngine} from '../engine.ts'
import type {Held, LeaseRef, Take, TakeRequest} from '../lease.ts'
import {Rota} from './rota.ts'
import {ofEach, type ShardSet} from './shard-set.ts'

/** The last turn of a loop: a repeated call has to find the same lease. */
interface LastTurn {
  turn: number
  member: number
}

/** Takes leases from all shards in turn, and leads every later call about a lease to its shard. */
export class ShardedLeases {
  readonly #set: ShardSet
  readonly #rota: Rota
  readonly #last = new Map<string, LastTurn>()
  /** `TAKER MEMBER` → the turn of a call without an answer: its lease, if it was given, is asked for again. */
  readonly #unanswered = new Map<string, number>()
  /** Lease → member. */
  readonly #shardOf = new Map<string, number>()

  /** @param now ms; only differences count */
  constructor(set: ShardSet, now: () => number) {
    this.#set = set
    this.#rota = new Rota(now)
  }

  async take(request: TakeRequest): Promise<Take> {
    const members = await this.#set.members()
    const {taker, turn} = request
    const last = this.#last.get(taker)
    if (last && turn <= last.turn && last.member < members.length) {
      return this.#ask(members[last.member].queue, last.member, request)
    }
    let failure: unknown
    for (const at of this.#rota.order(members.length)) {
      const take = await this.#ask(members[at].queue, at, request).catch((error: unknown) => {
        failure = error
        return undefined
      })
      if (take?.state === 'lease' || take?.state === 'oversized') return take
    }
    // A shard that cannot be reached does not keep the others waiting
    if (failure !== undefined) throw failure
    return this.#nothing(members.length)
  }

  /** Calls something about a lease at its shard. */
  async at<T>(lease: LeaseRef, call: (queue: QueueEngine) => Promise<T>): Promise<T> {
    const members = await this.#set.members()
    const known = this.#shardOf.get(lease.id)
    const member = known !== undefined ? members[known] : await this.#find(lease)
    return call((member ?? this.#set.home).queue)
  }

  /**
   * The same for a call after which the lease is no longer held by its taker.
   * @param leaves whether something of it stays in the queue, for anyone to take
   */
  async end(lease: LeaseRef, leaves: boolean, call: (queue: QueueEngine) => Promise<Held>): Promise<Held> {
    const held = await this.at(lease, call)
    const member = this.#shardOf.get(lease.id)
    if (member !== undefined && leaves) this.#rota.wake(member)
    this.#shardOf.delete(lease.id)
    return held
  }

  /** Something has changed in every shard: none is known to be empty any more. */
  wake(): void {
    this.#rota.wakeAll()
  }

  async #ask(queue: QueueEngine, at: number, {taker, turn, ...request}: TakeRequest): Promise<Take> {
    const own = takerAt(taker, at)
    const unanswered = this.#unanswered.get(own)
    this.#unanswered.set(own, unanswered ?? turn)
    const isStrict = request.isStrict || this.#set.map.isStrict
    const take = await queue.take({...request, taker: own, turn: unanswered ?? turn, isStrict})
    this.#unanswered.delete(own)
    if (take.state !== 'lease' && take.state !== 'oversized') {
      this.#rota.foundNothing(at, take)
      return take
    }
    this.#last.set(taker, {turn, member: at})
    this.#shardOf.set(take.lease.id, at)
    // One that was taken over says nothing of what else there is
    const isNew = take.lease.id.startsWith(own) && take.lease.attempt === 1
    return {...take, mayBeMore: this.#rota.took(at, take.mayBeMore || !isNew)}
  }

  /** While items move to other shards, a worker waits, though the queue is neither empty nor paused. */
  async #nothing(count: number): Promise<Take> {
    const nothing = this.#rota.nothing(count)
    const isMoving = nothing.state === 'paused' ? (await this.#set.refresh()).move : this.#set.map.move
    return isMoving ? {...nothing, state: 'empty', held: Math.max(1, nothing.held)} : nothing
  }

  async #find(lease: LeaseRef) {
    const held = await ofEach(this.#set, async (queue, member) => ({member, ids: await queue.heldLeases()}))
    return held.find(({ids}) => ids.includes(lease.id))?.member
  }
}

/**
 * The name of a loop towards one member, since a lease has the name of its loop: without it a call whose answer was lost
 * could make two leases of the same name. The second group of a UUID is replaced, so that it stays one.
 */
function takerAt(taker: string, member: number): string {
  const hex = member.toString(16).padStart(4, '0')
  return /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(taker)
    ? taker.slice(0, 9) + hex + taker.slice(13)
    : `${taker}.${member}`
}
