import {LETTER_SPANS} from './letter-span.ts'

/** For scripts: the reason under which a letter is counted, or nil. */
export const REASON_OF_LETTER = `
local function reason_of(letter)
  return string.match(letter, '^{"qtool":1,"id":"[^"]*","queue":"[^"]*","reason":"([a-z_]+)"')
end`

/**
 * qtool's own dead letters are counted by reason in the fields `dead:REASON` of the stats, by the same script that
 * adds or removes them, so that nobody has to read a million letters to know how many there are. The reason is read
 * from the first bytes of the letter, which qtool wrote; letters of other programs have none and are not counted. The
 * field `failed:REASON` holds the span of each count: when the first and the last of these letters failed.
 *
 * While `inspect --verify` counts the letters page by page, `verify_score` and `verify_member` name the last letter
 * of its last page. A change at or before that place also changes the fields `verified:REASON` and
 * `verified_failed:REASON`, so that its count is exact at every moment. Redis orders members by their bytes, whereas
 * Lua's own comparison of strings follows the locale.
 *
 * The functions for a script: `add_letter(key, score, letter)` and `remove_letter(key, letter)` return whether they
 * changed the set, `save_counts()` ends the script, `drop_verification()` is for changes at unknown places. A key of
 * a wrong type stops the script here, before anything has moved.
 * @param stats the key of the stats as the script names it, such as `KEYS[5]`
 */
export const letterCounting = (stats: string) => `
${LETTER_SPANS}
local verified = redis.call('HMGET', ${stats}, 'verify_score', 'verify_member')
local spans = {}
${REASON_OF_LETTER}
local function is_passed(score, letter)
  local at, last = tonumber(verified[1]), verified[2]
  if tonumber(score) ~= at then return tonumber(score) < at end
  for i = 1, math.min(#letter, #last) do
    local a, b = string.byte(letter, i), string.byte(last, i)
    if a ~= b then return a < b end
  end
  return #letter <= #last
end
local span_fields = {dead = 'failed:', verified = 'verified_failed:'}
local function span_of(kind, reason)
  local field = kind .. ':' .. reason
  if not spans[field] then
    local span_field = span_fields[kind] .. reason
    local found = redis.call('HMGET', ${stats}, field, span_field)
    -- A count that is no number is refused by HINCRBY, whose error is known
    local span = read_span(tonumber(found[1] or 0) or 0, found[2])
    span.before, span.field = span.letters, span_field
    spans[field] = span
  end
  return spans[field]
end
local function count_letter(letter, score, count)
  local reason = reason_of(letter)
  if not reason then return end
  count(span_of('dead', reason), score)
  if verified[1] and is_passed(score, letter) then count(span_of('verified', reason), score) end
end
local function add_letter(key, score, letter)
  if redis.call('ZADD', key, 'NX', score, letter) == 0 then return false end
  count_letter(letter, score, join_letter)
  return true
end
local function remove_letter(key, letter)
  local score = redis.call('ZSCORE', key, letter)
  if not score then return false end
  redis.call('ZREM', key, letter)
  count_letter(letter, score, leave_span)
  return true
end
local function drop_verification()
  for _, field in ipairs(redis.call('HKEYS', ${stats})) do
    if string.match(field, '^verif') then redis.call('HDEL', ${stats}, field) end
  end
  verified = {}
end
local function save_span(span)
  redis.call('HSET', ${stats}, span.field, span_text(span) or '')
end
local function save_counts()
  for field, span in pairs(spans) do
    if span.letters ~= span.before then redis.call('HINCRBY', ${stats}, field, span.letters - span.before) end
    save_span(span)
  end
end`

/**
 * Letters in a trash are counted in its entry in the list of trash: "KIND MEMBERS MS", and " REASON=SPAN" for each
 * reason, or only " REASON=COUNT" if the span is unknown. For scripts whose KEYS[3] is that list and whose ARGV[1] is
 * the trash id; it comes after `letterCounting`.
 */
export const TRASH_COUNTS = `
local trashed = {}
for reason, text, count in string.gmatch(redis.call('HGET', KEYS[3], ARGV[1]) or '', ' ([a-z_]+)=((-?%d+)%S*)') do
  trashed[reason] = read_span(tonumber(count), text)
end
local function count_trashed(letter, score, count)
  local reason = reason_of(letter)
  if not reason then return end
  trashed[reason] = trashed[reason] or {letters = 0}
  count(trashed[reason], score)
end
local function save_trashed(entry)
  for reason, span in pairs(trashed) do
    entry = entry .. ' ' .. reason .. '=' .. (span_text(span) or string.format('%.0f', span.letters))
  end
  redis.call('HSET', KEYS[3], ARGV[1], entry)
end`

/** The rule of `reason_of` in Lua; the first bytes of a letter hold an id and the name of a queue. */
const REASON_OF = /^\{"qtool":1,"id":"[^"]*","queue":"[^"]*","reason":"([a-z_]+)"/
const HEAD_BYTES = 1024

/** The reason under which a letter is counted; undefined if it does not begin like one of qtool's own. */
export function countedReason(letter: Buffer): string | undefined {
  return REASON_OF.exec(letter.toString('latin1', 0, HEAD_BYTES))?.[1]
}
