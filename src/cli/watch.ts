import {stripVTControlCharacters} from 'node:util'
import {Flags} from '@oclif/core'
import stringWidth from 'string-width'
import {QtoolError} from '../errors.ts'
import {escapeControls} from '../render/escape.ts'
import {duration as durationWords} from '../render/format.ts'
import {clipWidth} from '../render/table.ts'
import {duration} from './flags.ts'
import {OperationCommand} from './operation.ts'
import {redrawn} from './redraw.ts'

const USUAL_EVERY_MS = 2000

export const watchFlags = {
  watch: Flags.boolean({summary: 'Repeat until Ctrl-C; with --json, one line each time.'}),
  every: duration({
    default: {later: USUAL_EVERY_MS},
    summary: 'How often to look.',
    dependsOn: ['watch'],
  }),
}

/** Clears the terminal, which is done only after its size has changed. */
const CLEAR = '\x1b[2J\x1b[H'

/** Base of the commands that can show their result again and again. */
export abstract class WatchCommand<T extends object> extends OperationCommand<T> {
  /** The view that was printed last. */
  #shown?: T

  /** Its lines on the terminal. */
  #lines: string[] = []

  /**
   * Prints views until Ctrl-C: on a terminal each takes the place of the one before, with --json each is one line.
   * @param watch makes views until it is interrupted
   * @param render the text of a view, with the view before it
   * @returns the last view
   */
  protected async show(
    {every: everyMs = USUAL_EVERY_MS}: {every?: number},
    watch: (views: {everyMs: number; onView(view: T): void; onTrouble(text: string): void}) => Promise<void>,
    render: (view: T, before: T | undefined) => string,
  ): Promise<T> {
    const {stdout} = process
    const isDrawn = stdout.isTTY && !this.jsonEnabled()
    const clock = () =>
      `${new Date().toISOString().slice(11, 19)} UTC, every ${durationWords(everyMs)}, Ctrl-C ends`
    let text = ''
    const draw = (head: string) => this.#draw(`${head}\n${text}`)
    const onView = (view: T) => {
      text = render(view, this.#shown)
      this.#shown = view
      if (this.jsonEnabled()) stdout.write(`${escapeControls(JSON.stringify(view))}\n`)
      else if (isDrawn) draw(clock())
      else stdout.write(`${text}\n\n`)
    }
    const onTrouble = (trouble: string) => (isDrawn ? draw(`${clock()}: ${trouble}`) : this.note(trouble))
    const onResize = () => {
      stdout.write(CLEAR)
      this.#lines = []
    }
    if (isDrawn) stdout.on('resize', onResize)
    await watch({everyMs, onView, onTrouble}).finally(() => stdout.off('resize', onResize))
    this.endAs('interrupted')
    return this.#shown ?? neverShown()
  }

  #draw(text: string): void {
    const lines = text.split('\n').slice(0, (process.stdout.rows || Number.POSITIVE_INFINITY) - 1)
    const fitting = lines.map((line) => (stringWidth(line) <= this.width ? line : this.#clipped(line)))
    process.stdout.write(redrawn(this.#lines, fitting))
    this.#lines = fitting
  }

  /** A line that wraps would move those below it. */
  #clipped(line: string): string {
    return clipWidth(stripVTControlCharacters(line), this.width)
  }

  /** The result of --watch is the last view, which has already been printed. */
  override logJson(json: unknown): void {
    if (json !== this.#shown) super.logJson(json)
  }
}

function neverShown(): never {
  throw new QtoolError('interrupted before there was anything to show', {
    code: 'INTERRUPTED',
    kind: 'interrupted',
  })
}
