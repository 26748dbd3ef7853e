import {readFileSync} from 'node:fs'
import {configFile, pidFile} from '../running.ts'
import type {ServerPlace} from '../server.ts'
import {PRIMARY_NAME} from '../state.ts'
import {startWith} from './redis.ts'
import type {RedisBinary} from './redis-binary.ts'

/** Most of three have to agree that the primary is gone. */
const QUORUM = 2

/** A primary that does not answer for this long counts as gone, ms. */
const DOWN_AFTER_MS = 2000

/** After this time a failover that got stuck is tried again, ms. */
const FAILOVER_MS = 10_000

/**
 * Starts a sentinel. It writes into its own file what it learns, such as where the primary is after a failover, so that
 * an existing file is kept as long as it leads to one of `servers`.
 */
export function startSentinel(
  binary: RedisBinary,
  place: ServerPlace,
  {primaryPort, ports}: {primaryPort: number; ports: number[]},
): Promise<void> {
  const known = watchedPort(place.folder)
  const isKept = known !== undefined && ports.includes(known) && ownPort(place.folder) === place.port
  const lines = isKept ? undefined : configLines(place, primaryPort)
  return startWith(binary, place, {lines, args: ['--sentinel']})
}

function configLines({folder, port, password}: ServerPlace, primaryPort: number): string[] {
  return [
    'bind 127.0.0.1',
    'protected-mode yes',
    `port ${port}`,
    `requirepass ${password}`,
    `sentinel sentinel-pass ${password}`,
    `dir "${folder}"`,
    `pidfile "${pidFile('sentinel1', folder)}"`,
    'proc-title-template "{title} {listen-addr} {config-file} {server-mode}"',
    `sentinel monitor ${PRIMARY_NAME} 127.0.0.1 ${primaryPort} ${QUORUM}`,
    `sentinel auth-pass ${PRIMARY_NAME} ${password}`,
    `sentinel down-after-milliseconds ${PRIMARY_NAME} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${PRIMARY_NAME} ${FAILOVER_MS}`,
  ]
}

/** The port of the primary that a sentinel's file names; undefined if there is none. */
export function watchedPort(folder: string): number | undefined {
  return readNumber(folder, new RegExp(`^sentinel monitor ${PRIMARY_NAME} \\S+ (\\d+) `, 'm'))
}

function ownPort(folder: string): number | undefined {
  return readNumber(folder, /^port (\d+)/m)
}

function readNumber(folder: string, pattern: RegExp): number | undefined {
  try {
    const [, found] = pattern.exec(readFileSync(configFile(folder), 'utf8')) ?? []
    return found === undefined ? undefined : Number(found)
  } catch {
    return undefined
  }
}
