/**
 * Lua: `restore_set(trash, target, most, most_bytes, doubled, put_back)` moves members of a sorted set back to where they
 * were. If only a few members have come since, they join the trash, which is then renamed: as fast for a million as for
 * one; `doubled(one)` is told of each that both hold, `one` being {member, score}. Otherwise members are popped one by
 * one and given to `put_back(one)`, which returns whether it was new, so that a call exceeds its bytes by at most one
 * member. ZCARD fails on a key of another type before anything has moved.
 * Returns how many are left, how many were moved, and whether it was all at once.
 */
export const RESTORE_SET = `
local function restore_set(trash, target, most, most_bytes, doubled, put_back)
  local left, there = redis.call('ZCARD', trash), redis.call('ZCARD', target)
  local new, bytes, moved = {}, 0, 0
  if there < left and there <= most then
    while #new < there and bytes < most_bytes do
      local one = redis.call('ZRANGE', target, #new, #new, 'WITHSCORES')
      new[#new + 1] = one
      bytes = bytes + #one[1]
    end
  end
  if #new == there and there < left then
    moved = left
    for _, one in ipairs(new) do
      if redis.call('ZADD', trash, one[2], one[1]) == 0 then
        moved = moved - 1
        doubled(one)
      end
    end
    redis.call('RENAME', trash, target)
    return 0, moved, true
  end
  bytes = 0
  for _ = 1, math.min(most, left) do
    local top = redis.call('ZPOPMIN', trash)
    if put_back(top) then moved = moved + 1 end
    left = left - 1
    bytes = bytes + #top[1]
    if bytes >= most_bytes then break end
  end
  return left, moved, false
end`
