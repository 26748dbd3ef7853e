/** Longer than any command keeps trying without Redis. */
const KEPT_MS = 600_000

/**
 * For scripts whose reply cannot be derived again from what they changed: a driver repeats a call if the connection
 * broke before the reply, and by then a worker may have taken the items. The first execution stores its reply under a
 * key of this call alone; the second returns it and changes nothing.
 *
 * The script ends with `return remember(reply)`; the reply is a string.
 * @param key as the script names it, such as `KEYS[5]`
 */
export const remembered = (key: string) => `
local said = redis.call('HGET', ${key}, 'reply')
if said then return said end
local function remember(reply)
  redis.call('HSET', ${key}, 'reply', reply)
  redis.call('PEXPIRE', ${key}, ${KEPT_MS})
  return reply
end`
