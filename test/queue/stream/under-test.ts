import type {Redis} from 'ioredis'
import {composeQueue} from '../../../src/queue/compose-queue.ts'
import {STREAM} from '../../../src/queue/stream/stream.ts'
import {type QueueKeys, queueKeys} from '../../../src/redis/keys.ts'
import {layoutOf} from '../../../src/redis/route.ts'
import type {EngineUnderTest} from '../conformance/tested-queue.ts'

type Entry = [id: Buffer, fields: Buffer[]]

export const STREAM_UNDER_TEST: EngineUnderTest = {
  kind: 'stream',
  can: {priority: false, collapse: false, age: true, locate: false},
  lua: STREAM.lua,
  open: (redis, name) => composeQueue({redis, name, keys: queueKeys(name, layoutOf(redis)), engine: STREAM}),
  async push(redis, {ready}, items) {
    const all = redis.pipeline()
    for (const item of items) all.xadd(ready, '*', 'item', item)
    await all.exec()
  },
  async ready(redis, keys) {
    const back = await entries(redis, returnedKey(keys), '-')
    const next = await entries(redis, keys.ready, `(${await lastDelivered(redis, keys)}`)
    return [...back, ...next].map(itemOf)
  },
  async leased(redis, keys, id) {
    const own = await entries(redis, keys.lease(id), '-')
    const pending = await pendingOf(redis, keys, id)
    const all = await entries(redis, keys.ready, '-')
    return [...own, ...all.filter(([entry]) => pending.includes(String(entry)))].map(itemOf)
  },
  async pop(redis, keys, count) {
    const back = (await entries(redis, returnedKey(keys), '-')).slice(0, count)
    if (back.length > 0) {
      await redis.xdel(returnedKey(keys), ...back.map(([id]) => id))
      return back.map(itemOf)
    }
    await redis.xgroup('CREATE', keys.ready, 'qtool', '0', 'MKSTREAM').catch(() => {})
    const stream = ['STREAMS', keys.ready, '>'] as const
    const reply = (await redis.xreadgroupBuffer(
      'GROUP',
      'qtool',
      'somebody',
      'COUNT',
      count,
      ...stream,
    )) as Array<[Buffer, Entry[]]> | null
    const popped = reply?.[0][1] ?? []
    if (popped.length > 0) await redis.xack(keys.ready, 'qtool', ...popped.map(([id]) => id))
    return popped.map(itemOf)
  },
  async lose(redis, keys, id) {
    await redis.del(keys.lease(id))
    await redis.xgroup('DELCONSUMER', keys.ready, 'qtool', id)
  },
}

/** Where the items are that came back. */
export function returnedKey(keys: QueueKeys): string {
  return keys.lease('returned')
}

/** Ids of the pending entries of a consumer. */
export async function pendingOf(redis: Redis, {ready}: QueueKeys, consumer: string): Promise<string[]> {
  if ((await groupsOf(redis, ready)).length === 0) return []
  const all = await redis.xpending(ready, 'qtool', '-', '+', 1_000_000, consumer)
  return (all as Array<[string]>).map(([id]) => id)
}

async function lastDelivered(redis: Redis, {ready}: QueueKeys): Promise<string> {
  const own = (await groupsOf(redis, ready)).find((group) => group.name === 'qtool')
  return String(own?.['last-delivered-id'] ?? '0-0')
}

/** What Redis says of the groups of a stream. */
export async function groupsOf(redis: Redis, stream: string): Promise<Array<Record<string, unknown>>> {
  if ((await redis.exists(stream)) === 0) return []
  const groups = (await redis.xinfo('GROUPS', stream)) as unknown[][]
  return groups.map((flat) =>
    Object.fromEntries(flat.flatMap((value, i) => (i % 2 === 0 ? [[value, flat[i + 1]]] : []))),
  )
}

async function entries(redis: Redis, key: string, from: string): Promise<Entry[]> {
  return (await redis.callBuffer('XRANGE', key, from, '+')) as Entry[]
}

/** What qtool has written, or the fields of another program as a record. */
function itemOf([, fields]: Entry): Buffer {
  if (['item', 'place'].includes(String(fields[0]))) return fields[fields.length - 1]
  const pairs = fields.flatMap((name, i) => (i % 2 === 0 ? [[String(name), String(fields[i + 1])]] : []))
  return Buffer.from(JSON.stringify(Object.fromEntries(pairs)))
}
