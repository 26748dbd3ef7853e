import type {Measure} from '../progress/measure.ts'
import type {Report} from '../progress/stage.ts'
import {progressLine} from '../render/progress.ts'
import {PLAIN, styleFor} from '../render/style.ts'

/** How often the line on a terminal is made anew, ms. */
const REDRAW_MS = 200

/** How often a line is written where nobody watches, ms. */
const LINE_MS = 10_000

/** Columns that the turning sign and its blank take. */
const SIGN_WIDTH = 2

/** Where progress is shown. */
export interface ProgressPlace {
  /** Writes a line where there is no terminal; left out if nothing is to be written there. */
  line?(text: string): void
  /** Shows a text in place of all that. */
  say?(text: string): void
}

/** Progress that is being shown. */
export interface ShownProgress {
  report: Report
  stop(): void
}

/** Shows how far work is: in a line that is redrawn on a terminal, elsewhere in a line now and then. */
export async function showProgress(measure: Measure, place: ProgressPlace): Promise<ShownProgress> {
  const text = (width: number) => progressLine(measure.at(performance.now()), width)
  const {stderr} = process
  // On a terminal without a width, as in some containers, ora would clear lines without end
  const report: Report = (now) => measure.report(now, performance.now())
  const {line, say} = place
  if (say) {
    say(text(Number.POSITIVE_INFINITY))
    const told: Report = (now) => {
      report(now)
      say(text(Number.POSITIVE_INFINITY))
    }
    return {report: told, stop: () => {}}
  }
  if (!stderr.isTTY || !stderr.columns) return {report, stop: nowAndThen(text, line)}
  return {report, stop: await turning(() => text(stderr.columns - SIGN_WIDTH))}
}

async function turning(text: () => string): Promise<() => void> {
  const {default: ora} = await import('ora')
  const isPlain = styleFor(process.env, true) === PLAIN
  const color = isPlain ? {color: false as const} : {}
  // discardStdin would put the terminal into raw mode, in which Ctrl-C is a character like any other
  const spinner = ora({text: text(), stream: process.stderr, discardStdin: false, ...color}).start()
  const timer = setInterval(() => {
    spinner.text = text()
  }, REDRAW_MS).unref()
  return () => {
    clearInterval(timer)
    spinner.stop()
  }
}

function nowAndThen(text: (width: number) => string, line: ProgressPlace['line']): () => void {
  if (!line) return () => {}
  const timer = setInterval(() => line(text(Number.POSITIVE_INFINITY)), LINE_MS).unref()
  return () => clearInterval(timer)
}
