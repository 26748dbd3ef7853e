import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, type Script} from '../redis/script.ts'
import type {Abilities, EngineKind, PeekedItem} from './kinds.ts'
import type {Producer, ProducerOptions} from './producer.ts'

/**
 * What differs between kinds of queue: four groups of Lua functions, of which the scripts that all kinds share are
 * composed. Their arguments are names of keys; all keys of a queue are in one slot.
 */
export interface LuaEngine {
  kind: EngineKind
  can: Abilities
  /**
   * `claim(from, lease, count)` moves the next `count` items of `from`, the ready items or those of another lease, into
   * the new lease; returns how many. Payloads do not enter Lua.
   */
  claim: string
  /**
   * `size(lease)` returns how many items a lease holds; `texts(lease, first, last)` the items at these ranks, and
   * `items(lease, first, last)` each of them followed by its place.
   */
  items: string
  /** `drop(lease)` removes the items of a lease. */
  drop: string
  /** `put(key, place, item)` adds an item to the ready items or to a lease; returns 0 if it is there already, else 1. */
  put: string
}

/** What a kind of queue does without scripts. */
export interface EngineCalls {
  openProducer(redis: Redis, keys: QueueKeys, options: ProducerOptions): Promise<Producer>
  peek(redis: Redis, keys: QueueKeys, limit: number): Promise<PeekedItem[]>
  depth(redis: Redis, keys: QueueKeys): Promise<number>
  put(redis: Redis, keys: QueueKeys, item: string | Buffer, score: number): Promise<number>
}

/** A kind of queue. */
export interface Engine {
  lua: LuaEngine
  calls: EngineCalls
}

/** A script that is composed of the functions of an engine. */
export type ComposedScript = (engine: LuaEngine) => Script

/** @param lua the text of the script for an engine; it is composed once for each */
export function composeScript(name: string, lua: (engine: LuaEngine) => string): ComposedScript {
  const scripts = new Map<LuaEngine, Script>()
  const compose = (engine: LuaEngine) => {
    const known = scripts.get(engine)
    if (known) return known
    const script = defineScript(name, lua(engine))
    scripts.set(engine, script)
    return script
  }
  composed.push(compose)
  return compose
}

const composed: ComposedScript[] = []

/** Composes every script for an engine, so that Redis's hashes of those that only others have run have names. */
export function composeAll(engine: LuaEngine): void {
  for (const compose of composed) compose(engine)
}
