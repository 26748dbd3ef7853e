import {hostname} from 'node:os'
import {setTimeout as wait} from 'node:timers/promises'
import {messageOf} from '../../errors.ts'
import type {Caller, Context} from '../context.ts'
import {carryOn, HELD_MS} from './carry-on.ts'
import type {CallerOf} from './find.ts'

export interface RunnerOptions {
  callerOf: CallerOf
  /** Only operations of these queues; of every queue if left out. */
  queues?: readonly string[]
  /** Most operations at a time. */
  most?: number
  /** How often it looks for operations, ms. */
  everyMs?: number
}

/** Name of this process as a runner: machine and process id. */
export function runnerName(): string {
  return `${hostname()}:${process.pid}`
}

/**
 * Carries on the operations of a Redis that nobody carries on: those that were just applied, and those whose runner died.
 * Any number of processes may do so at a time; each operation is held by one of them.
 */
export class KeptRunner {
  readonly #home: Caller
  readonly #options: RunnerOptions
  readonly #stopping = new AbortController()
  readonly #running = new Map<string, Promise<void>>()
  #wake = new AbortController()
  #loop: Promise<void> = Promise.resolve()

  /** @param home lends the connection on which it looks for operations */
  constructor(home: Caller, options: RunnerOptions) {
    this.#home = home
    this.#options = options
  }

  start(): void {
    this.#loop = this.#run()
  }

  /** Looks for operations at once, for example because one was applied. */
  poke(): void {
    this.#wake.abort()
  }

  /** Gives back what it carries on, so that another process goes on at once. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.poke()
    await Promise.all([this.#loop, ...this.#running.values()])
  }

  get #isOver(): boolean {
    return this.#stopping.signal.aborted
  }

  /** A connection is used for as long as it holds; while Redis is away a new one is tried. */
  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#home.withQueue((context) => this.#watch(context)).catch((error) => this.#say(error))
      await this.#rest()
    }
  }

  async #watch(context: Context): Promise<void> {
    const {operations} = context.queue
    while (!this.#isOver) {
      await operations.announce(runnerName(), HELD_MS)
      await this.#look(context)
      await this.#rest()
    }
    await operations.announce(runnerName(), 0)
  }

  async #look({queue}: Context): Promise<void> {
    const {queues = [...new Set(Object.values(await queue.operations.homes()))], most = 2} = this.#options
    const due = await queue.operations.due(queues, most)
    for (const {queue: name, id} of due) {
      if (this.#running.size >= most || this.#isOver) return
      if (!this.#running.has(id)) this.#carryOn(name, id)
    }
  }

  #carryOn(queue: string, id: string): void {
    const by = {runner: runnerName(), signal: this.#stopping.signal}
    const running = carryOn(this.#options.callerOf(queue), id, by)
      .then(
        () => {},
        (error: unknown) => this.#say(error),
      )
      .finally(() => {
        this.#running.delete(id)
        this.poke()
      })
    this.#running.set(id, running)
  }

  async #rest(): Promise<void> {
    if (this.#isOver) return
    await wait(this.#options.everyMs ?? 1000, undefined, {signal: this.#wake.signal}).catch(() => {})
    this.#wake = new AbortController()
  }

  #say(error: unknown): void {
    this.#home.note(`operations are not carried on for the moment: ${messageOf(error)}`)
  }
}

/** Starts to carry operations on, until `stop()`. */
export function startKeptRunner(home: Caller, options: RunnerOptions): KeptRunner {
  const runner = new KeptRunner(home, options)
  runner.start()
  return runner
}
