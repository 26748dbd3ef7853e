import type {ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {setTimeout as wait} from 'node:timers/promises'
import {startChild, USAGE} from './children.ts'

const AGAIN_MS = 150

/** `    at Socket.emit (node:events:524:28)`: qtool prints no stacks, so this process ended with an uncaught error. */
const STACK_LINE = /^ +at .*:\d+:\d+\)?$/m

/** Keeps `count` processes of `qtool work` running, as a supervisor would. */
export class Workers {
  readonly #children = new Set<ChildProcess>()
  readonly #runs: Array<Promise<void>>
  readonly #stopped = new AbortController()
  /** The output of workers that ended with an uncaught error, or did not even begin. */
  readonly crashes: string[] = []

  constructor(count: number, bin: string, args: string[], env: NodeJS.ProcessEnv) {
    this.#runs = Array.from({length: count}, () => this.#keep(bin, args, env))
  }

  /** The processes that are running now. */
  get children(): ChildProcess[] {
    return [...this.#children]
  }

  async #keep(bin: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const child = startChild([bin, 'work', ...args], env, ['ignore', 'ignore', 'pipe'])
      this.#children.add(child)
      let said = ''
      child.stderr?.on('data', (chunk) => {
        said += chunk
      })
      const [code] = await once(child, 'close')
      this.#children.delete(child)
      if (code === USAGE || STACK_LINE.test(said)) this.crashes.push(said.slice(0, 2000))
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
