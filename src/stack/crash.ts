import {QtoolError} from '../errors.ts'
import {stopProcess} from './process.ts'
import {type ServerName, serverPid} from './running.ts'
import {up} from './stack.ts'
import {readState} from './state.ts'

const KILL_MS = 10_000

/** Ends a server of the local stack as a crash would, and starts it again on the same data. */
export async function crashServer(env: NodeJS.ProcessEnv, name: ServerName): Promise<void> {
  const folder = readState(env)[name]?.folder
  const pid = folder === undefined ? undefined : serverPid(name, folder)
  if (pid === undefined) {
    throw new QtoolError(`expected ${name} of the local stack to run, but it does not`, {
      code: 'NOT_RUNNING',
      suggestions: ['qtool up starts it'],
    })
  }
  await stopProcess(pid, 'SIGKILL', KILL_MS)
  await up({env})
}
