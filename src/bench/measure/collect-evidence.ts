import {cpus} from 'node:os'
import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import type {Evidence} from './evidence.ts'
import {MachineWatch} from './machine-watch.ts'
import {startUsage} from './usage.ts'
import {openWaitSampler, type WaitSampler} from './wait-sampler.ts'
import {within} from './within.ts'

export interface EvidenceOptions {
  /** A connection that does not carry the load. */
  redis?: Redis
  pool?: Pool
  /** Interval between samples, ms; 250 by default. */
  everyMs?: number
}

interface EvidenceRun {
  /** Returns the same evidence however often it is called. */
  stop(): Promise<Evidence>
}

/**
 * Collects evidence of what limits `work` while it runs, which takes 1.1 to 1.7 % of a core. The collecting stops when
 * `work` ends, however it ends.
 * @param work may call `restart` to drop the evidence so far, e.g. at the end of a warm-up
 */
export async function withEvidence<T>(
  options: EvidenceOptions,
  work: (restart: () => void) => Promise<T>,
): Promise<{result: T; evidence: Evidence}> {
  let run = start(options)
  await run
  const end = (of: Promise<EvidenceRun>) => of.then((started) => started.stop())
  const restart = () => {
    void end(run).catch(() => {})
    run = start(options)
  }
  try {
    const result = await work(restart)
    return {result, evidence: await end(run)}
  } finally {
    await end(run).catch(() => {})
  }
}

async function start(options: EvidenceOptions): Promise<EvidenceRun> {
  const {redis, pool, everyMs = 250} = options
  // Its connection is not from the pool, which may be used up
  const waits = await (pool && openWaitSampler(pool).catch(() => undefined))
  const usage = await startUsage({redis, pool, everyMs})
  const sampler = new Sampler({redis, pool, waits})
  const machine = new MachineWatch()
  const timer = setInterval(() => void sampler.sample(), everyMs)
  const loop = performance.eventLoopUtilization()
  const finish = async (): Promise<Evidence> => {
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
  }
  let stopped: Promise<Evidence> | undefined
  return {
    stop() {
      stopped ??= finish()
      return stopped
    },
  }
}

interface SamplerSources extends Pick<EvidenceOptions, 'redis' | 'pool'> {
  waits: WaitSampler | undefined
}

/** Timeout of one sample, ms. */
const SAMPLE_MS = 2000

class Sampler {
  readonly #sources: SamplerSources
  readonly #pool: Array<{inUse: number; waits: boolean}> = []
  #roundTrip: number | null = null
  #samples = 0
  #sampling: Promise<void> | undefined

  constructor(sources: SamplerSources) {
    this.#sources = sources
  }

  /** Takes a sample, one at a time. */
  sample(): Promise<void> {
    this.#sampling ??= this.#take().finally(() => {
      this.#sampling = undefined
    })
    return this.#sampling
  }

  async stop(): Promise<Pick<Evidence, 'samples' | 'roundTrip' | 'pool' | 'waits'>> {
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
    }
  }

  async #take(): Promise<void> {
    const {pool, waits} = this.#sources
    this.#samples++
    if (pool) {
      this.#pool.push({inUse: pool.totalCount - pool.idleCount, waits: pool.waitingCount > 0})
    }
    await Promise.all([this.#ping(), waits?.sample()].map((look) => look && within(SAMPLE_MS, look)))
  }

  async #ping(): Promise<void> {
    const {redis} = this.#sources
    if (!redis) return
    const started = performance.now()
    await redis.ping()
    this.#roundTrip = Math.min(this.#roundTrip ?? Number.POSITIVE_INFINITY, performance.now() - started)
  }
}

function mean(values: number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
