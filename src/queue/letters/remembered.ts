/** Longer than any command goes on without Redis before it gives up. */
const KEPT_MS = 600_000

/**
 * For scripts whose reply cannot be found out again from what they changed: a driver sends a call once more where the
 * connection broke before the reply, and by then a worker may have taken the items. The first execution keeps its
 * reply under a key that this call alone has; the second returns it and changes nothing.
 *
 * The script ends with `return remember(reply)`, where the reply is a text.
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
