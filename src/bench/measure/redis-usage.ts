import {isIP} from 'node:net'
import type {Redis} from 'ioredis'
import {parseInfo} from '../../redis/info.ts'
import type {ProcessUsage} from '../shape/step.ts'
import {readMemory, readTimes} from './proc.ts'
import type {UsageMeter} from './usage-meter.ts'

/** How far the start of a process may be from the one that the server reports in whole seconds, ms. */
const START_MS = 3000

/** Meters the server behind `redis`: through the system if it runs on this machine, else by what it reports. */
export async function meterRedis(redis: Redis): Promise<UsageMeter> {
  const pid = isOnThisMachine(redis) ? await findProcess(redis) : undefined
  return pid === undefined ? new InfoMeter(redis) : new RedisProcessMeter(pid)
}

function isOnThisMachine({options: {host = 'localhost', path, Connector}}: Redis): boolean {
  // It may lead to another server each time
  if (Connector) return false
  return (
    Boolean(path) || host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  )
}

/**
 * The process id that the server reports, if that process is the server on this machine too: the server behind a
 * tunnel or in a container has ids of its own.
 */
async function findProcess(redis: Redis): Promise<number | undefined> {
  const info = parseInfo(await redis.info('server'))
  const pid = Number(info.get('process_id'))
  const startedAt = Date.now() - Number(info.get('uptime_in_seconds')) * 1000
  const found = readTimes(pid)
  if (!found || !/redis|valkey/.test(found.name)) return undefined
  return Math.abs(found.startedAt - startedAt) <= START_MS ? pid : undefined
}

class RedisProcessMeter implements UsageMeter {
  readonly #pid: number
  #memory = 0

  constructor(pid: number) {
    this.#pid = pid
  }

  async cpuMs(): Promise<number | undefined> {
    return readTimes(this.#pid)?.cpuMs
  }

  async sample(): Promise<void> {
    const found = readMemory(this.#pid)
    if (found) this.#memory = Math.max(this.#memory, found.anonymous + found.file + found.shared)
  }

  usage(cpu: number | null): ProcessUsage {
    return {cpu, memory: this.#memory || null, source: 'process'}
  }
}

class InfoMeter implements UsageMeter {
  readonly #redis: Redis
  #memory = 0

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async cpuMs(): Promise<number | undefined> {
    const info = parseInfo(await this.#redis.info('cpu'))
    const ms = (Number(info.get('used_cpu_user')) + Number(info.get('used_cpu_sys'))) * 1000
    return Number.isFinite(ms) ? ms : undefined
  }

  async sample(): Promise<void> {
    const info = parseInfo(await this.#redis.info('memory'))
    this.#memory = Math.max(this.#memory, Number(info.get('used_memory_rss') ?? 0))
  }

  usage(cpu: number | null): ProcessUsage {
    return {cpu, memory: this.#memory || null, source: 'server'}
  }
}
