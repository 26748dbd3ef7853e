import {setTimeout as delay} from 'node:timers/promises'
import {ReplyError} from 'ioredis'
import {askOnce, type ServerLogin} from '../ask-once.ts'
import type {RedisAddress} from '../url.ts'
import {addressName, nodesOf, readSlotMap, type SlotMap, unique} from './slot-map.ts'

/** After this time without an answer the next node is asked as well, ms. */
const NEXT_MS = 300

/** Finds out where a cluster has its slots, by asking the nodes that are known. One for all clients of a URL. */
export class Topology {
  /** The same for every node. */
  readonly login: ServerLogin
  readonly #seeds: RedisAddress[]
  readonly #nat: ReadonlyMap<string, RedisAddress>
  /** Nodes of the last answer; they come first, since seeds may be gone or belong to another network. */
  #known: RedisAddress[] = []
  /** Which of the nodes is asked first: another one each time, since a node that was cut off knows only old things. */
  #turn = 0
  #asking: Promise<SlotMap> | undefined
  #latest: SlotMap | undefined

  constructor(seeds: RedisAddress[], nat: ReadonlyMap<string, RedisAddress>, login: ServerLogin) {
    this.#seeds = seeds
    this.#nat = nat
    this.login = login
  }

  /** Asks for the slots; callers at the same time share an answer. @throws the most telling error of the nodes */
  read(): Promise<SlotMap> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  /** The last answer; undefined before the first. */
  get latest(): SlotMap | undefined {
    return this.#latest
  }

  /** The address under which a node is reached that announces another one. */
  reachable(announced: RedisAddress): RedisAddress {
    return this.#nat.get(addressName(announced)) ?? announced
  }

  async #ask(): Promise<SlotMap> {
    const nodes = unique([...this.#known, ...this.#seeds])
    const first = this.#turn++ % nodes.length
    const asked: Array<Promise<SlotMap>> = []
    const errors: unknown[] = []
    for (const node of [...nodes.slice(first), ...nodes.slice(0, first)]) {
      const answer = this.#askNode(node)
      answer.catch((error: unknown) => errors.push(error))
      asked.push(answer)
      const map = await firstOf(asked, NEXT_MS)
      if (map) return this.#learn(map)
    }
    return this.#learn(await Promise.any(asked).catch(() => Promise.reject(mostTelling(errors))))
  }

  #learn(map: SlotMap): SlotMap {
    this.#latest = map
    this.#known = nodesOf(map)
    return map
  }

  #askNode(node: RedisAddress): Promise<SlotMap> {
    return askOnce(node, this.login, async (redis) =>
      readSlotMap(await redis.call('CLUSTER', 'SLOTS'), node, this.#nat),
    )
  }
}

/** The first answer within some time; undefined if all have failed, or the time is over. */
async function firstOf(asked: Array<Promise<SlotMap>>, withinMs: number): Promise<SlotMap | undefined> {
  const over = new AbortController()
  const late = delay(withinMs, undefined, {signal: over.signal}).catch(() => undefined)
  try {
    return await Promise.race([Promise.any(asked).catch(() => undefined), late])
  } finally {
    over.abort()
  }
}

/** What a node has said tells more than that another cannot be reached. */
function mostTelling(errors: unknown[]): unknown {
  return errors.find((error) => error instanceof ReplyError) ?? errors.at(-1)
}
