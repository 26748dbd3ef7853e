import {execFileSync, spawnSync} from 'node:child_process'
import {randomUUID} from 'node:crypto'
import {setTimeout as wait} from 'node:timers/promises'
import {until} from '../support/until.ts'

/** @throws Error that says what to do */
export function assertTmux(): void {
  if (spawnSync('tmux', ['-V']).status === 0) return
  throw new Error(
    'this test types into a terminal of tmux, and there is none; "apt-get install tmux" installs it',
  )
}

/** Ends each command, where no output of qtool has it. */
const PROMPT = 'on-call$'

/** A shell in a terminal of tmux, on a socket of its own. */
export class Tmux {
  readonly #socket = `qtool-${randomUUID()}`

  /** @param env of the shell, and nothing else */
  constructor({columns, lines, env}: {columns: number; lines: number; env: Record<string, string>}) {
    const shell = [
      'env',
      '-i',
      ...Object.entries({...env, PS1: `${PROMPT} `, TERM: 'screen-256color'}).map(
        ([name, value]) => `${name}=${value}`,
      ),
    ]
    this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      `${columns}`,
      '-y',
      `${lines}`,
      ...shell,
      'bash',
      '--norc',
      '--noprofile',
    )
  }

  /** The lines on the screen, without blank ones at the end. */
  screen(): string[] {
    return this.#tmux('capture-pane', '-p').trimEnd().split('\n')
  }

  /** Presses keys, by the names that tmux has for them. */
  press(...keys: string[]): void {
    this.#tmux('send-keys', ...keys)
  }

  /** Types a command on an empty screen. */
  async type(command: string): Promise<void> {
    this.press('C-l')
    await this.#waitFor((lines) => lines.length === 1 && lines[0] === PROMPT)
    this.#tmux('send-keys', '-l', command)
    this.press('Enter')
    await this.#waitFor((lines) => lines.length > 1)
  }

  /** Types a command and waits until it has ended. @returns what is then on the screen, without the prompt */
  async run(command: string): Promise<string[]> {
    await this.type(command)
    return this.ended()
  }

  /** Waits for the next prompt. @returns what is then on the screen, without it */
  async ended(): Promise<string[]> {
    await this.#waitFor((lines) => lines.at(-1) === PROMPT)
    return this.screen().slice(0, -1)
  }

  /** Waits for a text on the screen. */
  async sees(text: string): Promise<string[]> {
    await this.#waitFor((lines) => lines.join('\n').includes(text))
    return this.screen()
  }

  stop(): void {
    this.#tmux('kill-server')
  }

  #waitFor(isSo: (lines: string[]) => boolean): Promise<void> {
    return until(async () => {
      const isDone = isSo(this.screen())
      // Each look is a process
      if (!isDone) await wait(100)
      return isDone
    })
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], {encoding: 'utf8'})
  }
}
