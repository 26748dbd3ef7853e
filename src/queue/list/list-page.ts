import type {Redis} from 'ioredis'
import {defineScript} from '../../redis/script.ts'
import type {ListEnd} from './list-lua.ts'

/** Most items of one page, the bytes after which it ends, and items to read at a time: see letter-page.ts. */
const PAGE_ITEMS = 500
const PAGE_BYTES = 256 * 1024
const STEP = 2

/** How many items that were put back meanwhile, and leave before the anchor, are allowed for. */
const AHEAD = 1000

/*
 * KEYS[1] LIST   ARGV[1] "1" if it is popped from the left, "-1" from the right
 * ARGV[2] items that left before the page when the one before it was read   ARGV[3] "1" with an anchor
 * ARGV[4] the anchor: the last item before the page   ARGV[5] most items   ARGV[6] bytes after which it ends
 * ARGV[7] items to read at a time
 * Returns {items that leave before the page now, item, ...} in the order in which they leave.
 *
 * Workers take items, so that all others come nearer: the anchor shows by how much. If it is gone, all that left before
 * it is gone as well. Of several equal items the one farthest back is meant, since nothing is to be read twice.
 */
const PAGE = defineScript(
  'list page',
  `#!lua flags=no-writes
local way, at = tonumber(ARGV[1]), tonumber(ARGV[2])
local count = redis.call('LLEN', KEYS[1])
local function index_of(i) return way == 1 and i or -1 - i end
if ARGV[3] == '1' and redis.call('LINDEX', KEYS[1], index_of(at - 1)) ~= ARGV[4] then
  local found = redis.call('LPOS', KEYS[1], ARGV[4], 'RANK', way, 'COUNT', 0, 'MAXLEN', at + ${AHEAD})
  local last = found[#found]
  if not last then at = 0
  else at = 1 + (way == 1 and last or count - 1 - last) end
end
local page, bytes, from = {at}, 0, at
local behind = math.min(count, at + ARGV[5])
while from < behind and bytes < tonumber(ARGV[6]) do
  local to = math.min(from + ARGV[7], behind) - 1
  local some
  if way == 1 then some = redis.call('LRANGE', KEYS[1], from, to)
  else some = redis.call('LRANGE', KEYS[1], -1 - to, -1 - from) end
  for i = 1, #some do
    local text = way == 1 and some[i] or some[#some + 1 - i]
    page[#page + 1] = text
    bytes = bytes + #text
  end
  from = to + 1
end
return page`,
)

/** Items of a list, in the order in which they leave. */
export interface ListPage {
  /** Items that leave before it. */
  at: number
  items: Buffer[]
}

/** @param place items that leave before the page, and the last of them, if anything was read before it */
export async function readListPage(
  redis: Redis,
  key: string,
  pops: ListEnd,
  place: {at: number; anchor: Buffer | undefined},
): Promise<ListPage> {
  const {at, anchor} = place
  const way = pops === 'left' ? 1 : -1
  const known = [at, anchor ? 1 : 0, anchor ?? '']
  // Sent as text, not by hash: a repeated call would run after calls sent meanwhile, see letter-page.ts
  const reply = await redis.callBuffer('EVAL', PAGE.lua, 1, key, way, ...known, PAGE_ITEMS, PAGE_BYTES, STEP)
  const [from, ...items] = reply as [number, ...Buffer[]]
  return {at: from, items}
}
