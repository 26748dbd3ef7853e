import {hostname} from 'node:os'
import type {Redis} from 'ioredis'
import {assertWritable} from '../config/writable.ts'
import {KeptRunner} from '../operations/kept/runner.ts'
import {closeRedis, duplicateRedis} from '../redis/client.ts'
import {makeCaller} from './caller.ts'
import type {Resources} from './resources.ts'

/** Carries kept operations on for as long as the server runs, over a connection of its own if it may have one. */
export class OperationsRunner {
  readonly #resources: Resources
  #runner: KeptRunner | undefined
  #redis: Redis | undefined

  constructor(resources: Resources) {
    this.#resources = resources
  }

  /** Under a read-only profile nothing is carried on. */
  async start(): Promise<void> {
    const {settings, redis} = this.#resources
    if (!mayWrite(this.#resources)) return
    this.#redis = await duplicateRedis(redis.redis, {}).catch(() => undefined)
    // Without a listener ioredis prints each failure to connect
    this.#redis?.on('error', () => {})
    const resources = this.#redis
      ? {...this.#resources, redis: {...redis, redis: this.#redis}}
      : this.#resources
    // The runner stops operations by a signal of its own, which they heed; this one would make them fail
    const {signal} = new AbortController()
    const callerOf = (queue: string) => ({
      ...makeCaller(resources, {queue, who: `serve@${hostname()}`, signal}),
      note: resources.note,
    })
    this.#runner = new KeptRunner(callerOf(settings.queue.value), {callerOf})
    this.#runner.start()
  }

  /** Looks for operations at once: one was applied. */
  poke(): void {
    this.#runner?.poke()
  }

  /** Gives back what it carries on, so that another process takes it at once. */
  async stop(): Promise<void> {
    await this.#runner?.stop()
    if (this.#redis) closeRedis(this.#redis)
  }
}

function mayWrite({settings}: Resources): boolean {
  try {
    assertWritable(settings)
    return true
  } catch {
    return false
  }
}
