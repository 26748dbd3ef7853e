// Reads what is in a queue by nothing but the names of its keys and the documented form of each kind.

/** Name of the group for which qtool reads a stream. */
const GROUP = 'qtool'

/** `['a', 1, 'b', 2]` as an object. */
const fieldsOf = (flat) =>
  Object.fromEntries(Array.from({length: flat.length / 2}, (_, i) => [String(flat[2 * i]), flat[2 * i + 1]]))

/** The id up to which a stream was delivered to the group. */
async function deliveredOf(redis, key) {
  const groups = (await redis.call('XINFO', 'GROUPS', key)).map(fieldsOf)
  const group = groups.find(({name}) => String(name) === GROUP)
  return group && String(group['last-delivered-id'])
}

/** An entry that somebody else added has one field; of those that qtool keeps for itself, the item is the last one. */
const itemOf = ([, fields]) => fields.at(-1)

/** The items that a key of any kind holds, delivered or not; none if it does not exist. */
async function itemsIn(redis, key) {
  const kind = await redis.call('TYPE', key)
  if (kind === 'zset') return redis.call('ZRANGE', key, 0, -1)
  if (kind === 'list') return redis.call('LRANGE', key, 0, -1)
  if (kind === 'stream') return (await redis.call('XRANGE', key, '-', '+')).map(itemOf)
  return []
}

/** The items that wait for a worker. */
export async function readyItems(redis, queue) {
  const key = `queue:${queue}`
  if ((await redis.call('TYPE', key)) !== 'stream') return itemsIn(redis, key)
  const delivered = await deliveredOf(redis, key)
  const entries = await redis.call('XRANGE', key, delivered === undefined ? '-' : `(${delivered}`, '+')
  return [...entries.map(itemOf), ...(await itemsIn(redis, `lease:${queue}:returned`))]
}

/** How many items wait for a worker, and how many leases are held. */
export async function countHeld(redis, queue) {
  const ready = await readyItems(redis, queue)
  return {ready: ready.length, leases: Number(await redis.call('ZCARD', `leases:${queue}`))}
}

/** The items of all leases: lease id → items. */
export async function leasedItems(redis, queue, leases) {
  const held = new Map()
  for (const id of leases) held.set(id, await itemsIn(redis, `lease:${queue}:${id}`))
  const key = `queue:${queue}`
  if ((await redis.call('TYPE', key)) !== 'stream') return held
  if ((await deliveredOf(redis, key)) === undefined) return held
  for (const [id, consumer] of await redis.call('XPENDING', key, GROUP, '-', '+', 1e9)) {
    const [entry] = await redis.call('XRANGE', key, String(id), String(id))
    const lease = String(consumer)
    if (entry) held.set(lease, [...(held.get(lease) ?? []), itemOf(entry)])
  }
  return held
}
