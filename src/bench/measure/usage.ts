import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import type {ProcessUsage, Usage} from '../run.ts'
import {LagWatch} from './lag-watch.ts'
import {LoopWatch} from './loop-watch.ts'
import {meterPostgres} from './postgres-usage.ts'
import {meterRedis} from './redis-usage.ts'
import type {UsageMeter} from './usage-meter.ts'
import {within} from './within.ts'

export interface UsageOptions {
  /** A connection that does not carry the load: behind a full pipeline the answer would come late. */
  redis?: Redis
  pool?: Pool
  /** Between two looks at the memory, ms; 250. */
  everyMs?: number
}

export interface UsageRun {
  /** What was spent since the start. */
  stop(): Promise<Usage>
}

/**
 * Follows CPU and memory of qtool, Redis and Postgres. CPU is read at the start and at the end, memory in between.
 * With local servers, 15 backends among them, that takes 0.6 to 0.8 % of a core.
 */
export async function startUsage(options: UsageOptions): Promise<UsageRun> {
  const {redis, pool, everyMs = 250} = options
  const servers = {
    redis: await Metering.start(redis && (() => meterRedis(redis))),
    postgres: await Metering.start(pool && (() => meterPostgres(pool))),
  }
  let memory = process.memoryUsage.rss()
  const watch = new LoopWatch()
  const lag = new LagWatch()
  const timer = setInterval(() => {
    memory = Math.max(memory, process.memoryUsage.rss())
    for (const server of Object.values(servers)) void server.sample()
  }, everyMs)
  return {
    async stop() {
      clearInterval(timer)
      const {cpu} = watch.stop()
      return {
        qtool: {cpu, memory, source: 'process'},
        redis: await servers.redis.stop(),
        postgres: await servers.postgres.stop(),
        loopLagMs: lag.stop(),
      }
    },
  }
}

/** Longest wait for what a server tells, ms. */
const LOOK_MS = 2000

/** One server. What fails is left out: a measurement of something else must not end for it. */
class Metering {
  readonly #meter: UsageMeter | undefined
  readonly #startedAt = performance.now()
  readonly #startMs: number | undefined
  #sampling: Promise<void> | undefined

  private constructor(meter: UsageMeter | undefined, startMs: number | undefined) {
    this.#meter = meter
    this.#startMs = startMs
  }

  static async start(open: (() => Promise<UsageMeter | undefined>) | undefined): Promise<Metering> {
    const meter = open && (await within(LOOK_MS, open()))
    const metering = new Metering(meter, meter && (await within(LOOK_MS, meter.cpuMs())))
    await metering.sample()
    return metering
  }

  /** One look at a time: a server that does not answer must not collect questions. */
  sample(): Promise<void> {
    this.#sampling ??= within(LOOK_MS, this.#meter?.sample() ?? Promise.resolve()).finally(() => {
      this.#sampling = undefined
    })
    return this.#sampling
  }

  async stop(): Promise<ProcessUsage | null> {
    if (!this.#meter) return null
    await this.sample()
    return this.#meter.usage(await this.#cpu(this.#meter))
  }

  /** Percent of one core; null where the server has started again meanwhile, so that its account is another. */
  async #cpu(meter: UsageMeter): Promise<number | null> {
    const endMs = await within(LOOK_MS, meter.cpuMs())
    if (this.#startMs === undefined || endMs === undefined || endMs < this.#startMs) return null
    return ((endMs - this.#startMs) / (performance.now() - this.#startedAt)) * 100
  }
}
