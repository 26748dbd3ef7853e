import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {packageFile} from '../../../package-file.ts'
import type {Said, Target, Volley} from './volley.ts'

/** The build makes a program of `cannon.ts`. */
const CANNON = packageFile('dist', 'bench', 'scenarios', 'api', 'cannon.js')

/** What happens around the measured time. */
export interface Measured {
  begin(): void
  end(): void
}

/** Sends from a process of its own. @throws Error if that ends without a result, as after an interruption */
export async function fire(target: Target, {begin, end}: Measured, signal: AbortSignal): Promise<Volley> {
  const child = spawn(process.execPath, [CANNON], {stdio: ['pipe', 'pipe', 'inherit']})
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  process.once('exit', kill)
  const ended = once(child, 'close')
  let volley: Volley | undefined
  try {
    child.stdin.on('error', () => {})
    child.stdin.end(JSON.stringify(target))
    for await (const line of createInterface({input: child.stdout})) {
      const said: Said = JSON.parse(line)
      if (said.at === 'begin') begin()
      else if (said.at === 'end') end()
      else volley = said.volley
    }
    await ended
  } finally {
    kill()
    signal.removeEventListener('abort', kill)
    process.off('exit', kill)
  }
  if (!volley) throw new Error('the load generator ended without a result')
  return volley
}
