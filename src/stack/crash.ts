import {setTimeout as delay} from 'node:timers/promises'
import {QtoolError} from '../errors.ts'
import {stopProcess} from './process.ts'
import {NODE_NAMES, type ServerName, serverPid} from './running.ts'
import {up} from './stack.ts'
import {readState} from './state.ts'

const KILL_MS = 10_000

/** Timeout for the killed process to be reaped: until then, Postgres believes that it is running. */
const COLLECT_MS = 15_000
const PAUSE_MS = 100

/**
 * Ends a server of the local stack as a crash would, and starts it again on the same data.
 * @param port of a node, if the stack has a cluster instead of a single Redis
 */
export async function crashServer(
  env: NodeJS.ProcessEnv,
  server: 'redis' | 'postgres',
  port?: number,
): Promise<void> {
  const state = readState(env)
  const node = server === 'redis' ? NODE_NAMES.find((one) => state[one]?.port === port) : undefined
  const name: ServerName = node ?? server
  const folder = state[name]?.folder
  const pid = folder === undefined ? undefined : serverPid(name, folder)
  if (pid === undefined) {
    throw new QtoolError(`${name} of the local stack is not running`, {
      code: 'NOT_RUNNING',
      suggestions: ['qtool up starts it'],
    })
  }
  await stopProcess(pid, 'SIGKILL', KILL_MS)
  const deadline = performance.now() + COLLECT_MS
  while (isListed(pid) && performance.now() < deadline) await delay(PAUSE_MS)
  await up({env})
}

/** Whether the process table has this process, even as a zombie. */
function isListed(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
