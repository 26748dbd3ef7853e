import type {Redis} from 'ioredis'
import {QtoolError} from '../../errors.ts'
import {unlessDenied} from '../../redis/denied.ts'
import {queueKeys} from '../../redis/keys.ts'
import {readLags} from '../../redis/replica/lag.ts'
import type {ReadFrom} from '../../redis/replica/read-from.ts'
import {keyspacesOf, layoutOf, readNear} from '../../redis/route.ts'
import {type FoundStep, findQueues, KEYS_PER_STEP} from './find-queues.ts'
import {type Passed, type QueueReading, type QueueRow, readQueue, unreadable, withRates} from './queue-row.ts'
import {readAll} from './read-all.ts'
import {slotProblem} from './slot-problem.ts'
import {type RowOrder, sortRows} from './sort-rows.ts'

/** Every queue of a Redis. */
export interface QueueList {
  queues: QueueRow[]
  /** The time over which rates were measured, about; null without rates. */
  ratesOverMs: number | null
  /** Keys `queue:…` with a name that no queue of qtool may have. */
  foreign: {keys: number; examples: string[]}
  /** Keys of this database, of all kinds; null if this user may not ask. */
  keys: number | null
  /** The replicas from which this was read; null if it was read from primaries. */
  readFrom: ReadFrom
  /** Host and port of the nodes of a cluster that do not answer, whose queues are missing or have no figures; sorted. */
  unreachable: string[]
}

export interface SurveyOptions {
  /** Glob for the names, as Redis understands it. */
  match?: string
  sort: RowOrder
  /** Whether to measure the memory of each queue, which may take Redis 2 ms for each of two keys. */
  memory: boolean
  signal: AbortSignal
}

/** Told how many of how many keys have been looked at, about; null if this user may not ask how many there are. */
export type OnKeys = (looked: number, keys: number | null) => void

/** Steps of the next search that each look takes, so that a watched Redis is never searched all at once. */
const STEPS_PER_LOOK = 20

const EXAMPLES = 3

/** The queues of a Redis, found once and looked at as often as the caller likes. */
export class QueueSurvey {
  readonly #redis: Redis
  readonly #options: SurveyOptions
  #found = new Search()
  /** The search that replaces the last one as soon as it has come to its end. */
  #next: Search
  #steps: AsyncGenerator<FoundStep, void>
  #keys: number | null = null
  /** What each queue had passed at the last look. */
  #passed = new Map<string, Passed | undefined>()
  #lookedAt: number | undefined

  constructor(redis: Redis, options: SurveyOptions) {
    this.#redis = redis
    this.#options = options
    this.#next = new Search()
    this.#steps = findQueues(redis, options)
  }

  /**
   * Finds the queues; call it once, before all else.
   * @throws QtoolError `NOPERM` if this user may not run SCAN, (interrupted)
   */
  async findAll(onKeys: OnKeys): Promise<void> {
    this.#keys = await unlessDenied(countKeys(this.#redis))
    const searched = await unlessDenied(this.#search(Number.POSITIVE_INFINITY, onKeys).then(() => true))
    if (!searched) throw notPermitted()
  }

  /** Reads every queue, with rates since the last look, and goes on looking for new ones. @throws QtoolError (interrupted) */
  async look(): Promise<QueueList> {
    if (this.#lookedAt !== undefined) await this.#search(STEPS_PER_LOOK)
    return this.#read()
  }

  async #read(): Promise<QueueList> {
    const startedAt = performance.now()
    const {servers, unreachable} = await keyspacesOf(this.#redis)
    const readFrom = await readLags(servers)
    const names = [...this.#found.queues]
    const readOne = (name: string) => this.#readOne(name)
    const readings = await readAll(names, readOne, {
      isLost: (name) => this.#isLost(name),
      onStep: () => this.#assertGoingOn(),
    })
    const rows = readings.map(({row, passed}) => withRates(row, this.#passed.get(row.queue), passed))
    this.#passed = new Map(readings.map(({row, passed}) => [row.queue, passed]))
    const hasRates = rows.some((row) => row.inPerSecond !== null || row.outPerSecond !== null)
    const ratesOverMs = hasRates ? Math.round(startedAt - (this.#lookedAt ?? startedAt)) : null
    this.#lookedAt = startedAt
    const {foreign} = this.#found
    return {
      queues: sortRows(rows, this.#options.sort),
      ratesOverMs,
      foreign,
      keys: this.#keys,
      readFrom,
      unreachable: [...new Set([...unreachable, ...this.#found.unreachable])].sort(),
    }
  }

  #readOne(name: string): Promise<QueueReading> {
    const reading = this.#near(name, (near) => readQueue(near, name, this.#options))
    return reading.catch((error: unknown) => {
      const problem = slotProblem(error)
      if (problem === undefined) throw error
      return unreadable(name, null, problem)
    })
  }

  /** Whether nobody knows whether there is a queue of this name: its slot cannot be read. */
  #isLost(name: string): Promise<boolean> {
    const reached = this.#near(name, async () => false)
    return reached.catch((error: unknown) => {
      if (slotProblem(error) === undefined) throw error
      return true
    })
  }

  #near<T>(name: string, read: (near: Redis) => Promise<T>): Promise<T> {
    return readNear(this.#redis, queueKeys(name, layoutOf(this.#redis)).ready, read)
  }

  /** Takes some steps of a search, and stops at its end. */
  async #search(steps: number, onKeys?: OnKeys): Promise<void> {
    for (let taken = 1; taken <= steps; taken++) {
      this.#assertGoingOn()
      const {value} = await this.#steps.next()
      if (!value) return
      this.#next.add(value)
      onKeys?.(taken * KEYS_PER_STEP, this.#keys)
      if (value.isLast) return this.#endSearch()
    }
  }

  #endSearch(): void {
    this.#found = this.#next
    this.#next = new Search()
    this.#steps = findQueues(this.#redis, this.#options)
  }

  #assertGoingOn(): void {
    if (!this.#options.signal.aborted) return
    throw new QtoolError('interrupted before every queue was read', {
      code: 'INTERRUPTED',
      kind: 'interrupted',
    })
  }
}

async function countKeys(redis: Redis): Promise<number> {
  const {servers} = await keyspacesOf(redis)
  const counts = await Promise.all(servers.map((server) => server.dbsize()))
  return counts.reduce((sum, count) => sum + count, 0)
}

/** What one search through all keys has found. */
class Search {
  readonly queues = new Set<string>()
  readonly foreign = {keys: 0, examples: [] as string[]}
  unreachable: readonly string[] = []

  add({queues, foreignNames, unreachable}: FoundStep): void {
    this.unreachable = unreachable
    for (const name of queues) this.queues.add(name)
    this.foreign.keys += foreignNames.length
    this.foreign.examples.push(...foreignNames.slice(0, EXAMPLES - this.foreign.examples.length))
  }
}

function notPermitted(): QtoolError {
  return new QtoolError('this Redis user may not run SCAN, which finds the queues', {
    code: 'NOPERM',
    suggestions: ['allow it with ACL SETUSER NAME +scan', 'or name a queue: qtool inspect -q NAME'],
  })
}
