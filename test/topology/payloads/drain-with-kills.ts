import {setTimeout as wait} from 'node:timers/promises'
import {cliJson, type RunningCli, runningCli} from '../../support/cli.ts'

/** Workers that run at the same time. */
const WORKERS = 2

/**
 * Drains a queue with workers that are killed one after another, while `busy` runs, and to the end after it.
 * @returns the summary of the worker that found the queue empty
 */
export async function drainWithKills(
  args: string[],
  busy: Promise<unknown>,
): Promise<Record<string, unknown>> {
  const start = () => runningCli(['work', '--lease', '2s', '--workers', '3', '--batch', '200', ...args])
  const running: RunningCli[] = Array.from({length: WORKERS}, start)
  let isBusy = true
  const over = busy.finally(() => {
    isBusy = false
  })
  over.catch(() => {})
  while (isBusy) {
    await wait(700)
    const victim = running.shift()
    victim?.child.kill('SIGKILL')
    await victim?.ended
    running.push(start())
  }
  for (const {child} of running) child.kill('SIGKILL')
  await Promise.all(running.map(({ended}) => ended))
  await over
  const {code, json, stderr} = await cliJson(['work', '--until-empty', '--lease', '2s', ...args])
  if (code !== 0 && code !== 3) throw new Error(`work ended with ${code}: ${stderr}`)
  return json
}
