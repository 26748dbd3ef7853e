import {once} from 'node:events'
import {QtoolError} from './errors.ts'

/** A line at the terminal that shows how far long work has come; silent elsewhere. */
export interface Progress {
  update(text: string): void
  stop(): void
}

export async function startProgress(text: string): Promise<Progress> {
  if (!process.stderr.isTTY) return {update: () => {}, stop: () => {}}
  const {default: ora} = await import('ora')
  const spinner = ora({text, stream: process.stderr}).start()
  return {
    update: (next) => {
      spinner.text = next
    },
    stop: () => spinner.stop(),
  }
}

/**
 * Asks before something is destroyed.
 * @throws QtoolError (refused) on "no", and without a terminal to ask at
 */
export async function askToGoOn(what: string): Promise<void> {
  const refused = (why: string) =>
    new QtoolError(`${what}: ${why}`, {
      code: 'UNCONFIRMED',
      kind: 'refused',
      suggestions: ['add --yes to say that you mean it'],
    })
  if (!process.stdin.isTTY) throw refused('there is no terminal to ask at')
  const {createInterface} = await import('node:readline/promises')
  const prompt = createInterface({input: process.stdin, output: process.stderr})
  try {
    // Ctrl-C and Ctrl-D close the prompt, and its question is then never answered.
    const closed = once(prompt, 'close').then(() => 'no')
    const answer = await Promise.race([prompt.question(`${what}. Go on? [y/N] `), closed])
    if (!/^y(es)?$/i.test(answer.trim())) throw refused('you said no')
  } finally {
    prompt.close()
  }
}

/**
 * Aborted by the first Ctrl-C or SIGTERM.
 * @param onSecond - called by the second
 */
export function listenForInterrupts(onFirst: () => void, onSecond: () => void): AbortSignal {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) return onSecond()
    onFirst()
    controller.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return controller.signal
}
