import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {commandLine, isAlive} from './process-table.ts'

/** What `up --sentinel` starts beside a Redis and a Postgres. */
export const SENTINEL_NAMES = ['sentinel1', 'sentinel2', 'sentinel3'] as const
export const SENTINEL_PARTS = ['replica', ...SENTINEL_NAMES] as const

/** What `up --cluster` starts instead of a single Redis: three primaries, then a replica of each. */
export const NODE_NAMES = ['node1', 'node2', 'node3', 'node4', 'node5', 'node6'] as const

export type ServerName = 'redis' | 'postgres' | (typeof SENTINEL_PARTS)[number] | (typeof NODE_NAMES)[number]

/** Which program a server is. */
export function programOf(name: ServerName): 'redis' | 'postgres' {
  return name === 'postgres' ? 'postgres' : 'redis'
}

/** Files into which the servers themselves write their process id, so that it is right even if qtool was killed. */
const PID_FILES = {redis: 'redis.pid', postgres: 'postmaster.pid'}

export function pidFile(name: ServerName, folder: string): string {
  return join(folder, PID_FILES[programOf(name)])
}

/** The id in the pid file, whatever process it belongs to by now; undefined if there is none. */
export function recordedPid(name: ServerName, folder: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile(name, folder), 'utf8'), 10)
    return pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

/** Process id of the server that runs on this data folder; undefined if none does. Cheap: every command calls it. */
export function serverPid(name: ServerName, folder: string): number | undefined {
  const pid = recordedPid(name, folder)
  if (pid === undefined || !isAlive(pid)) return undefined
  // After a reboot another program may have the id; our servers have their folder in the command line.
  const command = commandLine(pid)
  const own = programOf(name) === 'redis' ? ` ${configFile(folder)} ` : ` ${folder} `
  return command.includes(own) ? pid : undefined
}

/** Configuration file of Redis or a sentinel, in its data folder. */
export function configFile(folder: string): string {
  return join(folder, 'redis.conf')
}
