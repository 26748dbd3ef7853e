import {runScript} from '../../redis/script.ts'
import type {LeaseRef, Places} from '../lease.ts'
import {composeScript, type LuaEngine} from '../lua-engine.ts'
import type {LeaseBook} from './book.ts'

/*
 * KEYS[1] ready items   KEYS[2] items of a lease
 * Returns their places with commas between them. To send them with every lease cost Redis 0.75 s of CPU per million
 * records, 30 % of its share in a drain (scores with fractions are slow to print), and hardly any lease needs one.
 */
const READ_PLACES = composeScript(
  'places',
  (engine) => `#!lua flags=no-writes,allow-stale
${engine.places ?? placesOfItems(engine)}
return table.concat(places(KEYS[2]), ',')`,
)

const placesOfItems = (engine: LuaEngine) => `
${engine.items}
local function places(lease)
  local all, places = items(lease, 0, -1), {}
  for i = 2, #all, 2 do places[i / 2] = all[i] end
  return places
end`

/** Reads where the items of a lease stood in the queue, in the order of the items. */
export async function readPlaces({redis, keys, engine}: LeaseBook, lease: LeaseRef): Promise<Places> {
  const names = [keys.ready, keys.lease(lease.id)]
  const places = String(await runScript(redis, READ_PLACES(engine), names, [])).split(',')
  return {at: (index) => finite(places[index])}
}

/** Redis takes `inf` as a score; JSON and Lua can keep no such number. */
function finite(score: string | undefined): number {
  const value = Number(score ?? 0)
  if (Number.isFinite(value)) return value
  return score?.startsWith('-') ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
}
