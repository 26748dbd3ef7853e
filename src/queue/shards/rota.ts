import type {NothingTaken, Take} from '../lease.ts'

/** How long a shard that gave less than was asked for is not asked again, ms; items gather meanwhile. */
const QUIET_MS = 30

/** The longest time for which a shard that keeps being empty is not asked, ms: it doubles with every look in vain. */
const MOST_QUIET_MS = 160

type Nothing = Extract<Take, {state: 'paused' | 'empty'}>

/** What is known of one member from the last look at it. */
interface Seen {
  /** Before that it is not asked again. */
  quietUntil: number
  quietMs: number
  /** It had as much as was asked for, and probably has more. */
  hasMore: boolean
  nothing: {take: Nothing; at: number} | undefined
}

/**
 * Whose turn it is among the shards: each in turn, except those that were found empty a moment ago. So a full shard
 * gets its turn after every other that may have something, and one that trickles waits for one lease of each other at
 * most. All loops of a process share it.
 */
export class Rota {
  readonly #now: () => number
  readonly #seen: Seen[] = []
  #next = 0

  /** @param now ms; only differences count */
  constructor(now: () => number) {
    this.#now = now
  }

  /** The members to ask, in this order: those that were found empty a moment ago are left out. */
  order(count: number): number[] {
    const first = this.#next % count
    // Another loop that asks at the same time begins with another one
    this.#next = first + 1
    const now = this.#now()
    const all = Array.from({length: count}, (_, i) => (first + i) % count)
    return all.filter((at) => this.#of(at).quietUntil <= now)
  }

  /**
   * Notes that a member gave something. @param hasMore it probably has more, and is not to be left alone for a moment
   * @returns whether it is worth asking any of them again at once
   */
  took(member: number, hasMore: boolean): boolean {
    const seen = this.#of(member)
    this.#next = member + 1
    seen.hasMore = hasMore
    seen.nothing = undefined
    seen.quietMs = hasMore ? 0 : QUIET_MS
    seen.quietUntil = this.#now() + seen.quietMs
    return this.#seen.some((one) => one.hasMore)
  }

  foundNothing(member: number, take: Nothing): void {
    const seen = this.#of(member)
    const now = this.#now()
    seen.hasMore = false
    seen.nothing = {take, at: now}
    seen.quietMs = Math.min(MOST_QUIET_MS, Math.max(QUIET_MS, seen.quietMs * 2))
    seen.quietUntil = now + Math.min(seen.quietMs, take.nextVisibleInMs ?? seen.quietMs)
  }

  /** A lease was left in a member, which is asked in its next turn, even if it was found empty a moment ago. */
  wake(member: number): void {
    const seen = this.#of(member)
    seen.nothing = undefined
    seen.quietUntil = 0
  }

  wakeAll(): void {
    for (const member of this.#seen.keys()) this.wake(member)
  }

  /** What the last looks say together, if none of the members gave anything. */
  nothing(count: number): Nothing {
    const now = this.#now()
    const all = Array.from({length: count}, (_, i) => this.#of(i))
    const known = all.flatMap(({nothing}) => nothing ?? [])
    const takes = known.map(({take}) => take)
    const visible = all.flatMap(({nothing, quietUntil}) => {
      if (!nothing) return Math.max(0, quietUntil - now)
      const ms = nothing.take.nextVisibleInMs
      return ms === undefined ? [] : Math.max(0, ms - (now - nothing.at))
    })
    const total = (of: (take: NothingTaken) => number) => takes.reduce((all, take) => all + of(take), 0)
    return {
      state: takes.length === count && isPaused(takes) ? 'paused' : 'empty',
      // A member that is asked by another loop at this moment may hold something
      held: total(({held}) => held) + (count - known.length),
      ready: total(({ready}) => ready),
      nextVisibleInMs: visible.length > 0 ? Math.min(...visible) : undefined,
    }
  }

  #of(member: number): Seen {
    this.#seen[member] ??= {quietUntil: 0, quietMs: 0, hasMore: false, nothing: undefined}
    return this.#seen[member]
  }
}

/** Whether nothing is left that a worker could take or wait for: all that is ready is in members that are paused. */
function isPaused(takes: Nothing[]): boolean {
  const waiting = takes.filter(({ready}) => ready > 0)
  if (waiting.length === 0) return takes.every(({state}) => state === 'paused')
  return (
    waiting.every(({state}) => state === 'paused') &&
    takes.every(({held, state}) => held === 0 || state === 'paused')
  )
}
