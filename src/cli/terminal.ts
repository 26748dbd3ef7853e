import {once} from 'node:events'
import {constants} from 'node:os'
import {EXIT_CODES, QtoolError} from '../errors.ts'

/**
 * Asks before something is destroyed.
 * @throws QtoolError (refused) on "no" and without a terminal to ask at, (interrupted) on Ctrl-C
 */
export async function askToGoOn(what: string): Promise<void> {
  const refused = (why: string, suggestions?: string[]) =>
    new QtoolError(why, {code: 'UNCONFIRMED', kind: 'refused', suggestions})
  if (!process.stdin.isTTY) throw refused(`${what}: no terminal to ask on`, ['add --yes to confirm'])
  const answer = await askAtTerminal(`${what}. Continue? [y/N] `)
  if (!/^y(es)?$/i.test(answer)) throw refused('you said no; nothing was changed')
}

/** @returns the answer; an empty text after Ctrl-D. @throws QtoolError (interrupted) on Ctrl-C */
export async function askAtTerminal(question: string): Promise<string> {
  const {createInterface} = await import('node:readline/promises')
  const prompt = createInterface({input: process.stdin, output: process.stderr})
  try {
    // Ctrl-D closes the prompt, and its question is then never answered; Ctrl-C rejects it.
    const closed = once(prompt, 'close').then(() => '')
    const asked = prompt.question(question).catch(() => {
      throw new QtoolError('interrupted; nothing was changed', {code: 'INTERRUPTED', kind: 'interrupted'})
    })
    return (await Promise.race([asked, closed])).trim()
  } finally {
    prompt.close()
  }
}

/** SIGHUP: the terminal was closed. */
const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Listens for Ctrl-C, SIGTERM and SIGHUP.
 * @param onSecond - called by the second; a closed terminal may send SIGHUP twice, with nobody who is impatient
 * @returns a signal, aborted by the first; `stop` ends the listening
 */
export function listenForInterrupts(
  onFirst: () => void,
  onSecond: () => void,
): {signal: AbortSignal; stop: () => void} {
  const controller = new AbortController()
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      if (name !== 'SIGHUP') onSecond()
      return
    }
    onFirst()
    controller.abort()
  }
  for (const name of INTERRUPTS) process.on(name, onSignal)
  const stop = () => {
    for (const name of INTERRUPTS) process.off(name, onSignal)
  }
  return {signal: controller.signal, stop}
}

/**
 * For the first process of a container, which the kernel spares every signal that it does not listen for: such a process
 * ends as any other would, unless a command listens by then.
 */
export function endOnSignals(): void {
  for (const name of INTERRUPTS) {
    process.on(name, () => {
      if (process.listenerCount(name) === 1) process.exit(128 + constants.signals[name])
    })
  }
}

/**
 * The reader of stdout may leave at any time, which is not an error; a result that cannot be written, as to a full
 * disk, is one. Errors of stderr are ignored, since they cannot be reported anywhere. Repeated calls add no further
 * listeners.
 */
export function listenForBrokenOutput(): void {
  // oclif's own listener, added when its command class is loaded, throws every error but EPIPE, which prints a stack
  // trace
  process.stdout.removeAllListeners('error').on('error', onOutputError)
  process.stderr.removeAllListeners('error').on('error', () => {})
}

function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return
  process.stderr.write(`qtool: cannot write the result: ${error.message}\n`)
  process.exitCode = EXIT_CODES.failure
}
