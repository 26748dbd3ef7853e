/**
 * qtool's own dead letters are counted by reason in the fields `dead:REASON` of the stats, by the same script that
 * adds or removes them, so that nobody has to read a million letters to know how many there are. The reason is read
 * from the first bytes of the letter, which qtool wrote; letters of other programs have none and are not counted.
 *
 * While `inspect --verify` counts the letters page by page, `verify_score` and `verify_member` name the last letter
 * of its last page. A change at or before that place also changes the fields `verified:REASON`, so that its count is
 * exact at every moment. Redis orders members by their bytes, whereas Lua's own comparison of strings follows the
 * locale.
 *
 * The functions for a script: `add_letter(key, score, letter)` and `remove_letter(key, letter)` return whether they
 * changed the set, `save_counts()` ends the script, `drop_verification()` is for changes at unknown places. A key of
 * a wrong type stops the script here, before anything has moved.
 * @param stats the key of the stats as the script names it, such as `KEYS[5]`
 */
export const letterCounting = (stats: string) => `
local verified = redis.call('HMGET', ${stats}, 'verify_score', 'verify_member')
local changes = {}
local function reason_of(letter)
  return string.match(letter, '^{"qtool":1,"id":"[^"]*","queue":"[^"]*","reason":"([a-z_]+)"')
end
local function is_passed(score, letter)
  local at, last = tonumber(verified[1]), verified[2]
  if tonumber(score) ~= at then return tonumber(score) < at end
  for i = 1, math.min(#letter, #last) do
    local a, b = string.byte(letter, i), string.byte(last, i)
    if a ~= b then return a < b end
  end
  return #letter <= #last
end
local function change(field, by)
  changes[field] = (changes[field] or 0) + by
end
local function count_letter(letter, score, by)
  local reason = reason_of(letter)
  if not reason then return end
  change('dead:' .. reason, by)
  if verified[1] and is_passed(score, letter) then change('verified:' .. reason, by) end
end
local function add_letter(key, score, letter)
  if redis.call('ZADD', key, 'NX', score, letter) == 0 then return false end
  count_letter(letter, score, 1)
  return true
end
local function remove_letter(key, letter)
  local score = redis.call('ZSCORE', key, letter)
  if not score then return false end
  redis.call('ZREM', key, letter)
  count_letter(letter, score, -1)
  return true
end
local function drop_verification()
  for _, field in ipairs(redis.call('HKEYS', ${stats})) do
    if string.match(field, '^verif') then redis.call('HDEL', ${stats}, field) end
  end
  verified = {}
end
local function save_counts()
  for field, by in pairs(changes) do
    if by ~= 0 then redis.call('HINCRBY', ${stats}, field, by) end
  end
end`

/**
 * Letters in a trash are counted in its entry in the list of trash: "KIND MEMBERS MS", and " REASON=COUNT" for each
 * reason. For scripts whose KEYS[3] is that list and whose ARGV[1] is the trash id; it comes after `letterCounting`.
 */
export const TRASH_COUNTS = `
local trashed = {}
for reason, count in string.gmatch(redis.call('HGET', KEYS[3], ARGV[1]) or '', ' ([a-z_]+)=(-?%d+)') do
  trashed[reason] = tonumber(count)
end
local function count_trashed(letter, by)
  local reason = reason_of(letter)
  if reason then trashed[reason] = (trashed[reason] or 0) + by end
end
local function save_trashed(entry)
  for reason, count in pairs(trashed) do entry = entry .. ' ' .. reason .. '=' .. count end
  redis.call('HSET', KEYS[3], ARGV[1], entry)
end`

/** The rule of `reason_of` in Lua; the first bytes of a letter hold an id and the name of a queue. */
const REASON_OF = /^\{"qtool":1,"id":"[^"]*","queue":"[^"]*","reason":"([a-z_]+)"/
const HEAD_BYTES = 1024

/** The reason under which a letter is counted; undefined if it does not begin like one of qtool's own. */
export function countedReason(letter: Buffer): string | undefined {
  return REASON_OF.exec(letter.toString('latin1', 0, HEAD_BYTES))?.[1]
}
