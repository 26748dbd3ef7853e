import {cpus} from 'node:os'
import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import type {Evidence} from './evidence.ts'
import {MachineWatch} from './machine-watch.ts'
import {startUsage} from './usage.ts'
import {openWaitSampler, type WaitSampler} from './wait-sampler.ts'

export interface EvidenceOptions {
  /** A connection that does not carry the load. */
  redis?: Redis
  pool?: Pool
  workers?: () => {total: number; busy: number}
  /** Between two samples, ms; 250. */
  everyMs?: number
}

export interface EvidenceRun {
  stop(): Promise<Evidence>
}

/** Collects evidence of what a step is limited by, from its start on, for 1.1 to 1.7 % of a core. */
export async function startEvidence(options: EvidenceOptions): Promise<EvidenceRun> {
  const {redis, pool, workers, everyMs = 250} = options
  // Beside the pool: there is no connection to be had from a pool that is used up
  const waits = await (pool && openWaitSampler(pool).catch(() => undefined))
  const usage = await startUsage({redis, pool, everyMs})
  const sampler = new Sampler({redis, pool, waits, workers})
  const machine = new MachineWatch()
  const timer = setInterval(() => void sampler.sample(), everyMs)
  const loop = performance.eventLoopUtilization()
  return {
    async stop() {
      clearInterval(timer)
      const {utilization} = performance.eventLoopUtilization(loop)
      const {busy} = machine.stop()
      try {
        return {
          usage: await usage.stop(),
          loopBusy: utilization,
          machine: {cores: cpus().length, busy},
          trips: null,
          ...(await sampler.stop()),
        }
      } finally {
        await waits?.close()
      }
    },
  }
}

interface SamplerSources extends Pick<EvidenceOptions, 'redis' | 'pool' | 'workers'> {
  waits: WaitSampler | undefined
}

class Sampler {
  readonly #sources: SamplerSources
  readonly #pool: Array<{inUse: number; waits: boolean}> = []
  readonly #workers: Array<{total: number; busy: number}> = []
  #roundTrip: number | null = null
  #samples = 0
  #sampling: Promise<void> | undefined

  constructor(sources: SamplerSources) {
    this.#sources = sources
  }

  /** One sample at a time. */
  sample(): Promise<void> {
    this.#sampling ??= this.#take().finally(() => {
      this.#sampling = undefined
    })
    return this.#sampling
  }

  async stop(): Promise<Pick<Evidence, 'samples' | 'roundTrip' | 'pool' | 'waits' | 'workers'>> {
    await this.sample()
    const {pool, waits} = this.#sources
    return {
      samples: this.#samples,
      roundTrip: this.#roundTrip,
      pool: pool
        ? {
            max: pool.options.max ?? 10,
            inUse: mean(this.#pool.map(({inUse}) => inUse)),
            waiting: mean(this.#pool.map(({waits}) => Number(waits))),
          }
        : null,
      waits: waits?.result() ?? null,
      workers: this.#workers.length > 0 ? this.#meanWorkers() : null,
    }
  }

  async #take(): Promise<void> {
    const {pool, workers, waits} = this.#sources
    this.#samples++
    if (pool) {
      this.#pool.push({inUse: pool.totalCount - pool.idleCount, waits: pool.waitingCount > 0})
    }
    if (workers) this.#workers.push(workers())
    await Promise.all([this.#ping(), waits?.sample()].map((look) => look?.catch(() => {})))
  }

  async #ping(): Promise<void> {
    const {redis} = this.#sources
    if (!redis) return
    const started = performance.now()
    await redis.ping()
    this.#roundTrip = Math.min(this.#roundTrip ?? Number.POSITIVE_INFINITY, performance.now() - started)
  }

  #meanWorkers(): {total: number; busy: number} {
    return {
      total: mean(this.#workers.map(({total}) => total)),
      busy: mean(this.#workers.map(({busy}) => busy)),
    }
  }
}

function mean(values: number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
