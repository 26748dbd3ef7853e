import type {Redis} from 'ioredis'
import {type ConnectOptions, withRedis} from '../../../redis/connect.ts'
import {parseInfo} from '../../../redis/info.ts'
import {parseRedisUrl} from '../../../redis/url.ts'
import type {Findings} from '../../findings.ts'
import {connectionFindings, type Leaks} from './connection-text.ts'
import {findPoolLimit, type PoolLimit} from './pool-limit.ts'
import {findServerLimit, type ServerLimit} from './server-limit.ts'

export interface ConnectionsOptions {
  redisUrl: string
  connect: ConnectOptions
  /** Name of this run's connections in CLIENT LIST; unique, so that leaked ones can be counted. */
  name: string
  /** Connections of each pool that is filled, e.g. 20 and 50. */
  pools: readonly number[]
  /** How long a caller waits for a free connection, ms. */
  waitMs: number
  /** Also fills the server, with at most this many connections, which locks out everybody else; undefined does not. */
  server?: {most: number}
  signal: AbortSignal
  onStep(text: string): void
}

/** How long the server may take to notice that our connections are gone, and how long we wait for others to go, ms. */
const SEEN_MS = 5000
const OTHERS_MS = 500

/** Opens connections up to the limit, and records the error there and the recovery after a release. */
export async function runConnections(options: ConnectionsOptions): Promise<Findings> {
  const {redisUrl, name, pools, waitMs, server, signal, onStep} = options
  const connect = {...options.connect, name}
  // It has another name than those that are counted: it stays open and is not a leak
  return withRedis(redisUrl, options.connect, async (observer) => {
    const before = await connected(observer)
    const limits: PoolLimit[] = []
    for (const max of pools) {
      if (signal.aborted) break
      onStep(`filling a pool of ${max}`)
      limits.push(await findPoolLimit({redisUrl, connect, max, waitMs, signal}))
    }
    const target = parseRedisUrl(redisUrl)
    const isPlain = !target.tls && !target.sentinelName
    let ofServer: ServerLimit | undefined
    if (server && isPlain && !signal.aborted) {
      onStep('filling the server')
      ofServer = await findServerLimit({redisUrl, target, connect, observer, name, ...server, signal})
    }
    const leaks = await countLeaks(observer, name, before)
    const parameters = {pools: pools.join(', '), waitMs, server: server?.most ?? null}
    return {
      ...connectionFindings({limits, ofServer, leaks, isServerSkipped: Boolean(server) && !isPlain}),
      parameters,
      limit: null,
      ledger: null,
      fit: null,
    }
  })
}

/** Waits until the server has noticed that all our connections are gone. */
async function countLeaks(redis: Redis, name: string, before: number): Promise<Leaks> {
  const started = performance.now()
  for (;;) {
    const ours = await countNamed(redis, name)
    const after = await connected(redis)
    const waited = performance.now() - started
    if (waited > SEEN_MS || (ours === 0 && (after <= before || waited > OTHERS_MS)))
      return {ours, before, after}
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function countNamed(redis: Redis, name: string): Promise<number> {
  const list = String(await redis.client('LIST'))
  return list.split('\n').filter((line) => line.includes(` name=${name} `)).length
}

async function connected(redis: Redis): Promise<number> {
  return Number(parseInfo(await redis.info('clients')).get('connected_clients'))
}
