import {setTimeout as delay} from 'node:timers/promises'
import type {Redis} from 'ioredis'
import {isLocalRedis} from '../../health/locality.ts'
import {consumerGroups} from '../../redis/consumer-groups.ts'
import {parseInfo} from '../../redis/info.ts'
import type {Asking} from '../asking.ts'
import {measureLink} from '../link.ts'
import {readCluster} from './cluster-facts.ts'
import type {ChangeFacts, ClientGroup, RedisFacts} from './facts.ts'
import {readSlowLog} from './slow-log.ts'

/** Settings that INFO does not tell. None of them is a secret. */
const SETTINGS = [
  'appendfsync',
  'save',
  'min-replicas-to-write',
  'min-replicas-max-lag',
  'cluster-replica-validity-factor',
  'disable-thp',
  'slowlog-log-slower-than',
]

/** Time between the two readings that tell what changes, ms. */
const APART_MS = 1000

const GROUP_COMMANDS = 'redis-cli ACL SETUSER NAME +scan +xinfo +xpending allkeys'

/**
 * Reads all that a Redis tells of itself, which takes about a second.
 * @param server its URL, with the password masked
 */
export async function readRedis(
  redis: Redis,
  server: string,
  {asking, signal}: {asking: Asking; signal: AbortSignal},
): Promise<RedisFacts> {
  const link = await measureLink(async () => {
    const [seconds, micros] = await redis.time()
    return Number(seconds) * 1000 + Number(micros) / 1000
  })
  const info = await readInfo(redis, asking)
  const startedAt = performance.now()
  const config = await readConfig(redis, asking)
  const clients = await asking.ask('redis.clients', readClients(redis), allow('client|list'))
  const slowlog = await asking.ask('redis.slowlog', readSlowLog(redis), allow('slowlog|get'))
  const groups = await asking.ask('redis.groups', consumerGroups(redis), GROUP_COMMANDS)
  const cluster = info?.cluster_enabled === '1' ? await readCluster(redis, asking) : null
  await delay(APART_MS - (performance.now() - startedAt), undefined, {signal}).catch(() => {})
  const change = info && changeOf(info, await readInfo(redis, asking), performance.now() - startedAt)
  return {
    server,
    isLocal: isLocalRedis(redis),
    link,
    info,
    config,
    change,
    clients,
    slowlog,
    groups,
    cluster,
  }
}

async function readInfo(redis: Redis, asking: Asking): Promise<Record<string, string> | null> {
  const text = await asking.ask('redis.info', redis.info(), allow('info'))
  return text === null ? null : Object.fromEntries(parseInfo(text))
}

/** One by one: several names in one CONFIG GET need Redis 7, and an older server does not know all of them. */
async function readConfig(redis: Redis, asking: Asking): Promise<Record<string, string> | null> {
  const read = Promise.all(SETTINGS.map((name) => redis.config('GET', name)))
  const replies = await asking.ask('redis.config', read, allow('config|get'))
  if (replies === null) return null
  const pairs = (replies as string[][]).filter((reply) => reply.length === 2)
  return Object.fromEntries(pairs.map(([name, value]) => [name, value]))
}

/** Numbers and output by name: addresses and what clients do are nobody's business. */
async function readClients(redis: Redis): Promise<ClientGroup[]> {
  const groups = new Map<string, ClientGroup>()
  for (const line of String(await redis.client('LIST')).split('\n')) {
    // Replicas are told apart by INFO
    if (line === '' || / flags=\w*S/.test(line)) continue
    const name = / name=(\S*)/.exec(line)?.[1] ?? ''
    const group = groups.get(name) ?? {name, count: 0, outputBytes: 0}
    group.count++
    group.outputBytes += Number(/ omem=(\d+)/.exec(line)?.[1] ?? 0)
    groups.set(name, group)
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}

function changeOf(
  before: Record<string, string>,
  after: Record<string, string> | null,
  overMs: number,
): ChangeFacts | null {
  if (after === null) return null
  const more = (name: string) => Number(after[name] ?? 0) - Number(before[name] ?? 0)
  // Redis before 6.2 does not tell the main thread from the others
  const cpu = before.used_cpu_user_main_thread === undefined ? '' : '_main_thread'
  return {
    overMs: Math.round(overMs),
    cpuMs: Math.round((more(`used_cpu_user${cpu}`) + more(`used_cpu_sys${cpu}`)) * 1000),
    usedBytes: more('used_memory'),
    replicatedBytes: more('master_repl_offset'),
  }
}

function allow(command: string): string {
  return `redis-cli ACL SETUSER NAME +${command}`
}
