import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import type {ProcessUsage, Usage} from '../shape/step.ts'
import {LagWatch} from './lag-watch.ts'
import {LoopWatch} from './loop-watch.ts'
import {meterPostgres} from './postgres-usage.ts'
import {meterRedis} from './redis-usage.ts'
import type {UsageMeter} from './usage-meter.ts'
import {within} from './within.ts'

export interface UsageOptions {
  /** A connection that does not carry the load: behind a full pipeline, the reply would be late. */
  redis?: Redis
  pool?: Pool
  /** Interval between reads of the memory, ms; 250 by default. */
  everyMs?: number
}

export interface UsageRun {
  /** Returns the usage since the start. */
  stop(): Promise<Usage>
}

/**
 * Measures CPU and memory of qtool, Redis and Postgres. CPU is read at the start and at the end, memory in between.
 * With local servers and 15 backends, that takes 0.6 to 0.8 % of a core.
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

/** Timeout of one read, ms. */
const LOOK_MS = 2000

/** Metering of one server. Figures that cannot be read are left out, so that the measurement itself goes on. */
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

  /** Reads once at a time: requests to a server that does not answer must not pile up. */
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

  /** Percent of one core; null if the server was restarted meanwhile, so that its CPU time began anew. */
  async #cpu(meter: UsageMeter): Promise<number | null> {
    const endMs = await within(LOOK_MS, meter.cpuMs())
    if (this.#startMs === undefined || endMs === undefined || endMs < this.#startMs) return null
    return ((endMs - this.#startMs) / (performance.now() - this.#startedAt)) * 100
  }
}
