import {messageOf} from '../errors.ts'
import {readServer, type ServerState} from '../health/redis-server.ts'
import {queueClient} from '../queue/open.ts'
import type {Resources} from './resources.ts'

/** How long an answer is good for, ms: however many ask, the servers are asked twice a second. */
const FRESH_MS = 500

/** A server that does not answer within this time counts as away, ms. */
const PATIENCE_MS = 1500

export interface ServerHealth {
  status: 'ok' | 'away'
  /** How long it took to answer. */
  latencyMs: number | null
  message: string | null
}

export interface Health {
  status: 'ok' | 'degraded' | 'down'
  /** Why it is not ok, one sentence each. */
  reasons: string[]
  redis: ServerHealth
  /** Null if no Postgres is configured. */
  postgres: ServerHealth | null
  checkedAt: string
}

/** How the health is answered. */
export interface HealthAnswer {
  status: 200 | 207 | 503
  /** JSON. */
  text: string
}

const STATUS = {ok: 200, degraded: 207, down: 503} as const

export function answerOf(health: Health): HealthAnswer {
  return {status: STATUS[health.status], text: JSON.stringify(health)}
}

/** Asks both servers whether they work, once for all who want to know. */
export class Probes {
  readonly #resources: Resources
  #latest: {health: Promise<Health>; at: number; answer?: HealthAnswer} | undefined

  constructor(resources: Resources) {
    this.#resources = resources
  }

  health(): Promise<Health> {
    const now = performance.now()
    if (this.#latest === undefined || now - this.#latest.at > FRESH_MS) {
      this.#latest = {health: this.#ask(), at: now}
    }
    return this.#latest.health
  }

  /** The answer to whoever asks over HTTP, if there is a fresh one: it is written once for all of them. */
  answer(): HealthAnswer | undefined {
    const latest = this.#latest
    if (!latest || performance.now() - latest.at > FRESH_MS) void this.health()
    else if (!latest.answer)
      void latest.health.then((health) => Object.assign(latest, {answer: answerOf(health)}))
    else return latest.answer
    return undefined
  }

  async #ask(): Promise<Health> {
    const {redis, pool, settings, redact, translate} = this.#resources
    const explain = (error: unknown) => redact(messageOf(translate(error)))
    let state: ServerState | null = null
    const [ofRedis, ofPostgres] = await Promise.all([
      measure(explain, async () => {
        state = await readServer(await queueClient(redis.redis, {name: settings.queue.value}))
      }),
      pool ? measure(explain, () => pool.query('SELECT 1')) : null,
    ])
    const reasons = [
      ...(ofRedis.status === 'ok' ? [] : [`Redis does not answer: ${ofRedis.message}`]),
      ...(ofPostgres?.status === 'away'
        ? [`Postgres does not answer: ${ofPostgres.message}; items wait in Redis`]
        : []),
      ...(ofRedis.status === 'ok' ? memoryReasons(state) : []),
    ]
    const status = ofRedis.status === 'away' ? 'down' : reasons.length > 0 ? 'degraded' : 'ok'
    return {status, reasons, redis: ofRedis, postgres: ofPostgres, checkedAt: new Date().toISOString()}
  }
}

async function measure(
  explain: (error: unknown) => string,
  ask: () => Promise<unknown>,
): Promise<ServerHealth> {
  const started = performance.now()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS)
  })
  try {
    await Promise.race([ask(), late])
    return {status: 'ok', latencyMs: Math.round((performance.now() - started) * 10) / 10, message: null}
  } catch (error) {
    return {status: 'away', latencyMs: null, message: explain(error)}
  } finally {
    clearTimeout(timer)
  }
}

/** Most of the memory of Redis that may be in use. */
const FULL = 0.9

function memoryReasons(state: ServerState | null): string[] {
  if (!state || state.maxBytes === 0 || state.usedBytes < state.maxBytes * FULL) return []
  const percent = Math.floor((state.usedBytes / state.maxBytes) * 100)
  return [`Redis uses ${percent} % of its maxmemory; once it is full, nothing can be enqueued`]
}
