import {type Guarantee, guaranteeOf} from '../doctor/guarantee.ts'
import {readKeeping} from '../doctor/read-keeping.ts'
import {queueClient} from '../queue/open.ts'
import type {Resources} from './resources.ts'

/** Settings change seldom, ms. */
const FRESH_MS = 60_000

/** What can be lost with these servers, asked once a minute for all who want to know. */
export class KeptGuarantee {
  readonly #resources: Resources
  #latest: {guarantee: Promise<Guarantee>; at: number} | undefined

  constructor(resources: Resources) {
    this.#resources = resources
  }

  current(): Promise<Guarantee> {
    const now = performance.now()
    if (this.#latest === undefined || now - this.#latest.at > FRESH_MS) {
      this.#latest = {guarantee: this.#read(), at: now}
    }
    return this.#latest.guarantee
  }

  async #read(): Promise<Guarantee> {
    const {redis, pool, settings} = this.#resources
    const own = await queueClient(redis.redis, {name: settings.queue.value})
    const keeping = await readKeeping({redis: own, pool})
    // A server that was away is asked again by the next who wants to know
    if (keeping.redis === null || (pool && keeping.postgres === null)) this.#latest = undefined
    return guaranteeOf(keeping)
  }
}
