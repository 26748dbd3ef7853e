import type {ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {setTimeout as wait} from 'node:timers/promises'
import {startChild} from './children.ts'

const AGAIN_MS = 150

/** Keeps so many `qtool work` running, as a supervisor would. */
export class Workers {
  readonly #children = new Set<ChildProcess>()
  readonly #runs: Array<Promise<void>>
  readonly #stopped = new AbortController()

  constructor(count: number, bin: string, args: string[], env: NodeJS.ProcessEnv) {
    this.#runs = Array.from({length: count}, () => this.#keep(bin, args, env))
  }

  /** Those that run now. */
  get children(): ChildProcess[] {
    return [...this.#children]
  }

  async #keep(bin: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const child = startChild([bin, 'work', ...args], env, 'ignore')
      this.#children.add(child)
      await once(child, 'exit')
      this.#children.delete(child)
      await wait(AGAIN_MS, undefined, {signal: this.#stopped.signal}).catch(() => {})
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    for (const child of this.#children) child.kill('SIGCONT')
    for (const child of this.#children) child.kill('SIGTERM')
    const late = setTimeout(() => {
      for (const child of this.#children) child.kill('SIGKILL')
    }, 20_000)
    await Promise.all(this.#runs)
    clearTimeout(late)
  }
}
