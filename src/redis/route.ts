import type {Redis} from 'ioredis'

/** How the keys of a queue are named: on Cluster its name is a hash tag, so that all of them are in one slot. */
export type KeyLayout = 'plain' | 'cluster'

/** The layout of the keys that a client reaches. */
export function layoutOf(_redis: Redis): KeyLayout {
  return 'plain'
}

/**
 * The client that reaches a key, which is closed together with `redis`. Where one server holds all keys it is `redis`
 * itself.
 */
export async function clientFor(redis: Redis, _key: string): Promise<Redis> {
  return redis
}
