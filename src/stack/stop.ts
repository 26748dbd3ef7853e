import {QtoolError} from '../errors.ts'
import {stopProcess} from './process.ts'
import {programOf, type ServerName, serverPid} from './running.ts'
import {logOf} from './server.ts'

/** Timeout for a server to save its data and exit. */
const STOP_MS = 60_000

/** SIGINT is Postgres's fast shutdown, which does not wait for clients. Redis writes its file on SIGTERM. */
const SIGNALS = {redis: 'SIGTERM', postgres: 'SIGINT'} as const

/** Stops the server of this data folder, if it is running. @returns whether it was */
export async function stopServer(name: ServerName, folder: string): Promise<boolean> {
  const pid = serverPid(name, folder)
  if (pid === undefined) return false
  if (await stopProcess(pid, SIGNALS[programOf(name)], STOP_MS)) return true
  throw new QtoolError(
    `${name} (process ${pid}) is still running ${STOP_MS / 1000} s after it was told to stop`,
    {
      code: 'NO_STOP',
      suggestions: [`read ${logOf(folder)}`],
    },
  )
}
