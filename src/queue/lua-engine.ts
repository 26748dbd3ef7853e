import {defineScript, type Script} from '../redis/script.ts'
import type {Abilities, EngineKind} from './kinds.ts'

/**
 * What differs between kinds of queue: groups of Lua functions, of which the scripts that all kinds share are composed.
 * KEYS[1] of every such script is the key of the ready items. The keys that the functions are given are that one, and
 * those of leases and of trash; all keys of a queue are in one slot. A place is a number that an item had in the queue,
 * as text, and '' for an engine that keeps none.
 */
export interface LuaEngine {
  kind: EngineKind
  can: Abilities
  /** `size(key)` returns how many items are ready, in a lease or in a trash. */
  size: string
  /**
   * `claim(from, lease, count)` moves the next `count` items of `from`, the ready items or those of another lease, into
   * the new lease; returns how many. Payloads do not enter Lua, if that can be helped.
   */
  claim: string
  /**
   * `texts(lease, first, last)` returns the items of a lease at these ranks, in the order in which they were taken, and
   * `items(lease, first, last)` each of them followed by its place.
   */
  items: string
  /** `drop(lease)` removes the items of a lease. */
  drop: string
  /**
   * `put(key, place, item)` adds an item to the ready items, where it leaves next if it has no place, or behind those of
   * a lease; returns 0 if it is there already, else 1. An engine without `collapse` never finds it there.
   */
  put: string
  /** `head()` returns the place of the ready item that leaves next; '' if there is none. */
  head: string
  /** `clear(trash)` moves all ready items into a new trash, of which `size` has been asked before; in O(1), if possible. */
  clear: string
  /**
   * `discard(trash, found)` moves some ready items into a trash; returns how many were still there. `found` is a list of
   * locators, each followed by the item's text, in the order of the search; see `ReadyItem`.
   */
  discard: string
  /**
   * `restore(trash, most, most_bytes)` moves items of a trash back to the ready items: all of them if that is fast,
   * otherwise those that leave last, about as many as the limits say. Returns how many are left in the trash, and how many
   * it moved; those that are ready already are not counted.
   */
  restore: string
}

/** A script that is composed of the functions of an engine. */
export type ComposedScript = (engine: LuaEngine) => Script

/** @param lua the text of the script for an engine; it is composed once for each */
export function composeScript(name: string, lua: (engine: LuaEngine) => string): ComposedScript {
  const scripts = new Map<LuaEngine, Script>()
  const compose = (engine: LuaEngine) => {
    const known = scripts.get(engine)
    if (known) return known
    const script = defineScript(name, named(name, lua(engine)))
    scripts.set(engine, script)
    return script
  }
  composed.push(compose)
  return compose
}

/** With the name behind the first line, since the slow log keeps only the first bytes of a script. */
function named(name: string, lua: string): string {
  return lua.replace('\n', `\n-- ${name}\n`)
}

const composed: ComposedScript[] = []

/** Composes every script for an engine, so that Redis's hashes of those that only others have run have names. */
export function composeAll(engine: LuaEngine): void {
  for (const compose of composed) compose(engine)
}
