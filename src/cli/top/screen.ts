import {writeSync} from 'node:fs'

/** Another screen, no cursor, no wrapping of long lines, and marks around what is pasted. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h'
const LEAVE = '\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l'

/** A terminal that knows these shows all that is between them at once; others ignore them. */
const BEGIN = '\x1b[?2026h\x1b[H'
const END = '\x1b[?2026l'

const REST_OF_LINE = '\x1b[K'

/** Usual size, for terminals that do not know theirs. */
const USUAL = {width: 80, height: 24}

/** After Ctrl-Z, if nobody can stop this process, it goes on by itself after this time, ms. */
const NOT_STOPPED_MS = 300

type Input = typeof process.stdin
type Output = typeof process.stdout

export interface ScreenEvents {
  /** What was typed. */
  onInput(text: string): void
  /** The terminal has another size, or the process was continued. */
  onChange(): void
  /** The terminal is gone. */
  onEnd(): void
}

/** The whole terminal, which is given back as it was on every way out. */
export class Screen {
  readonly #input: Input
  readonly #output: Output
  readonly #events: ScreenEvents
  #isEntered = false
  #resuming: NodeJS.Timeout | undefined
  readonly #restore = () => this.#leave()
  readonly #suspend = () => this.suspend()
  readonly #resume = () => this.#enter()
  readonly #onData = (text: string) => this.#events.onInput(text)
  readonly #onResize = () => this.#events.onChange()
  readonly #onEnd = () => this.#events.onEnd()

  constructor(input: Input, output: Output, events: ScreenEvents) {
    this.#input = input
    this.#output = output
    this.#events = events
  }

  open(): void {
    this.#input.setEncoding('utf8').on('data', this.#onData).on('end', this.#onEnd)
    this.#output.on('resize', this.#onResize)
    process.on('SIGCONT', this.#resume).on('SIGTSTP', this.#suspend)
    // The monitor is called before Node prints why it crashed, which would be lost with the other screen
    process.on('exit', this.#restore).on('uncaughtExceptionMonitor', this.#restore)
    this.#enter()
  }

  close(): void {
    clearTimeout(this.#resuming)
    this.#leave()
    this.#input.off('data', this.#onData).off('end', this.#onEnd).pause()
    this.#output.off('resize', this.#onResize)
    process.off('SIGCONT', this.#resume).off('SIGTSTP', this.#suspend)
    process.off('exit', this.#restore).off('uncaughtExceptionMonitor', this.#restore)
  }

  get size(): {width: number; height: number} {
    const {columns, rows} = this.#output
    // The last column stays free: what ends a line would erase a character there
    return {width: (columns || USUAL.width) - 1, height: rows || USUAL.height}
  }

  /** Draws over what is there, without clearing it first: clearing flickers. */
  draw(lines: readonly string[]): void {
    if (!this.#isEntered) return
    this.#output.write(`${BEGIN}${lines.join(`${REST_OF_LINE}\r\n`)}${REST_OF_LINE}${END}`)
  }

  /** Gives the terminal back and stops, as Ctrl-Z does to other programs, until the shell continues this one. */
  suspend(): void {
    this.#leave()
    process.off('SIGTSTP', this.#suspend)
    process.kill(0, 'SIGTSTP')
    this.#resuming = setTimeout(() => {
      if (!process.listeners('SIGTSTP').includes(this.#suspend)) process.on('SIGTSTP', this.#suspend)
      this.#enter()
    }, NOT_STOPPED_MS)
  }

  #enter(): void {
    if (this.#isEntered) return
    this.#isEntered = true
    this.#input.setRawMode(true)
    this.#input.resume()
    this.#output.write(ENTER)
    this.#events.onChange()
  }

  /** Written at once, since the process may be about to end. */
  #leave(): void {
    if (!this.#isEntered) return
    this.#isEntered = false
    try {
      writeSync(this.#output.fd, LEAVE)
      this.#input.setRawMode(false)
    } catch {
      // The terminal is gone, and there is nothing to give back
    }
  }
}
