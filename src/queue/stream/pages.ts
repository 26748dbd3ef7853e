import {runScript} from '../../redis/script.ts'
import type {ReadyItem} from '../kinds.ts'
import type {LeaseBook} from '../lease-book/book.ts'
import {composeScript} from '../lua-engine.ts'

/** Most items of one page: about 2 ms of Redis's time. */
const PAGE_ITEMS = 500
/** Bytes after which a page ends. */
const PAGE_BYTES = 256 * 1024
/** Entries that Redis reads before it checks their size. */
const STEP = 2

/*
 * KEYS[1] ready STREAM
 * ARGV[1] where the last page ended: "" at the beginning, "rID" among the items that came back, else an ID
 * ARGV[2] most items   ARGV[3] bytes after which it ends   ARGV[4] entries to read at a time
 * Returns locator, place, item, ...; nothing if there are no more.
 */
const PAGE = composeScript(
  'page of a stream',
  () => `#!lua flags=no-writes
local page, items, bytes = {}, 0, 0
local most, most_bytes, step = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local function read(key, from, mark, parse)
  repeat
    local some = redis.call('XRANGE', key, from, '+', 'COUNT', math.min(step, most - items))
    for _, entry in ipairs(some) do
      local place, item = parse(entry)
      page[#page + 1], page[#page + 2], page[#page + 3] = mark .. entry[1], place, item
      items, bytes, from = items + 1, bytes + #item, '(' .. entry[1]
    end
  until #some < step or items >= most or bytes >= most_bytes
end
local is_returned, id = string.match(ARGV[1], '^(r?)(.*)$')
if id == '' or is_returned == 'r' then
  read(returned, id == '' and '-' or '(' .. id, 'r', function(entry) return entry[2][2], entry[2][4] end)
  id = ''
end
local at = look()
if at and items < most and bytes < most_bytes then
  local from = id ~= '' and is_before(at.last, id) and id or at.last
  read(KEYS[1], '(' .. from, '', function(entry) return string.match(entry[1], '^%d+'), item_of(entry[2]) end)
end
return page`,
)

/**
 * The next ready items after a place.
 * @param after locator of the last item that was read; '' to begin
 */
export async function readPage(
  {redis, keys, engine}: LeaseBook,
  after: string,
  most = PAGE_ITEMS,
): Promise<Array<ReadyItem & {locator: string}>> {
  const limits = [String(Math.min(most, PAGE_ITEMS)), String(PAGE_BYTES), String(STEP)]
  // Sent as text: if the server had lost the script, the repeated call would run after calls sent meanwhile
  const reply = (await redis.callBuffer(
    'EVAL',
    PAGE(engine).lua,
    1,
    keys.ready,
    after,
    ...limits,
  )) as Buffer[]
  return Array.from({length: reply.length / 3}, (_, i) => ({
    locator: reply[3 * i].toString('latin1'),
    score: Number(reply[3 * i + 1]),
    member: reply[3 * i + 2],
  }))
}

/** The items that leave next, in that order. */
export async function peekStream(book: LeaseBook, limit: number): Promise<ReadyItem[]> {
  const items: ReadyItem[] = []
  for (let after = ''; items.length < limit; ) {
    const page = await readPage(book, after, limit - items.length)
    if (page.length === 0) break
    items.push(...page)
    after = page[page.length - 1].locator
  }
  return items
}

/** Entries counted in one call: 5 ms of Redis's time. */
const COUNTED = 5000

/*
 * KEYS[1] ready STREAM   ARGV[1] "" to begin, else the id after which to continue   ARGV[2] most entries to count
 * Returns {items, id after which to continue, or ""}. Redis cannot tell how many entries are ready if some of them were
 * deleted by their id; see `count_ready`.
 */
const COUNT = composeScript(
  'count a stream',
  () => `#!lua flags=no-writes,allow-stale
local at = look()
if ARGV[1] == '' then
  local count, is_known = count_ready(at, true)
  local back = redis.call('XLEN', returned)
  if is_known then return {back + count, ''} end
  return {back, at.last}
end
local count, from = 0, '(' .. ARGV[1]
repeat
  local some = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', 100)
  count = count + #some
  if #some < 100 then return {count, ''} end
  from = '(' .. some[#some][1]
until count >= tonumber(ARGV[2])
return {count, string.sub(from, 2)}`,
)

/** Number of ready items; counted in calls of a few ms each if Redis cannot tell. */
export async function countReady({redis, keys, engine}: LeaseBook): Promise<number> {
  let count = 0
  let after = ''
  do {
    const [more, next] = (await runScript(redis, COUNT(engine), [keys.ready], [after, COUNTED])) as [
      number,
      string,
    ]
    count += more
    after = next
  } while (after !== '')
  return count
}
