import type {Redis} from 'ioredis'
import {queueKeys} from '../../redis/keys.ts'
import {clientFor, layoutOf} from '../../redis/route.ts'
import {readHome} from '../home.ts'
import {shardMapOf} from './shard-map.ts'

/** Whether a name is that of a shard of a queue that is spread. */
export async function isShard(redis: Redis, name: string): Promise<boolean> {
  const [, queue, shard] = /^(.+)_shard_([1-9]\d{0,2})$/.exec(name) ?? []
  if (queue === undefined) return false
  const keys = queueKeys(queue, layoutOf(redis))
  const map = shardMapOf(queue, await readHome(await clientFor(redis, keys.sink), keys))
  return map !== undefined && Number(shard) <= map.served
}
