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
  /** What its functions share: the beginning of every script that is composed for it. */
  prelude?: string
  /**
   * `size(key, is_whole)` returns how many items are ready or in a lease. An engine may have to count them: unless they
   * are to be counted as a whole, it stops after a few ms and returns false as well.
   */
  size: string
  /**
   * `claim(from, lease, count)` moves the next `count` items of `from`, the ready items or those of another lease, into
   * the new lease; returns how many, and how many ready items somebody else has removed, if it can tell. Payloads do not
   * enter Lua, if that can be helped.
   */
  claim: string
  /** True if `claim` leaves the ready items that it has claimed in `claimed`, since they entered Lua anyway. */
  hasClaimed?: boolean
  /**
   * `reclaim(lease)`, before a lease is handed out again: drops items that another program has removed; returns how many.
   * Absent if nobody can.
   */
  reclaim?: string
  /**
   * `texts(lease, first, last)` returns the items of a lease at these ranks, in the order in which they were taken, and
   * `items(lease, first, last)` each of them followed by its place.
   */
  items: string
  /** `places(lease)` returns the places alone; absent if `items` is as fast. */
  places?: string
  /** `drop(lease)` removes the items of a lease. */
  drop: string
  /**
   * `put(key, place, item)` adds an item to the ready items, where it leaves next if it has no place, or behind those of
   * a lease; returns 0 if it is there already, else 1. An engine without `collapse` never finds it there.
   */
  put: string
  /** True if `put` adds to the ready items behind those that were put before. */
  putsLast?: boolean
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
  /** `free(trash)` removes a trash; absent if it is only its key. */
  free?: string
  /** `leave()` removes the ready items, and all that the engine keeps of them; absent if that is only their key. */
  leave?: string
  /** `tally()` grows by one with every item that is added to the ready items in one transaction; `size` if absent. */
  tally?: string
}

/** A script that is composed of the functions of an engine. */
export type ComposedScript = (engine: LuaEngine) => Script

/** @param lua the text of the script for an engine; it is composed once for each */
export function composeScript(name: string, lua: (engine: LuaEngine) => string): ComposedScript {
  const scripts = new Map<LuaEngine, Script>()
  const compose = (engine: LuaEngine) => {
    const known = scripts.get(engine)
    if (known) return known
    const script = defineScript(name, begun(name, lua(engine), engine.prelude))
    scripts.set(engine, script)
    return script
  }
  composed.push(compose)
  return compose
}

/** With the name behind the first line, since the slow log keeps only the first bytes of a script. */
function begun(name: string, lua: string, prelude = ''): string {
  return lua.replace('\n', () => `\n-- ${name}\n${prelude}\n`)
}

const composed: ComposedScript[] = []

/** Composes every script for an engine, so that Redis's hashes of those that only others have run have names. */
export function composeAll(engine: LuaEngine): void {
  for (const compose of composed) compose(engine)
}
