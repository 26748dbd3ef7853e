import {existsSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {type Answer, launch, stopProcess, waitForAnswer} from '../process.ts'
import {isAlive} from '../process-table.ts'
import {serverEnv} from '../redis/libraries.ts'
import {pidFile, recordedPid, serverPid} from '../running.ts'
import {logOf, type ServerPlace} from '../server.ts'
import {initialise, resetPassword} from './initdb.ts'
import type {PostgresBinaries} from './postgres-binary.ts'

/** Settings of a local stack: fast, and as durable as Postgres's defaults. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  // No socket file, because its path must be shorter than 108 bytes, and nobody needs it.
  'unix_socket_directories=',
  'max_connections=100',
  'shared_buffers=256MB',
  'max_wal_size=4GB',
]

const STOP_MS = 60_000

/**
 * Starts a Postgres that outlives this process, and waits until it answers. Makes its data folder if there is none, and
 * sets the password if the server has another one, which it does if a state file was lost.
 */
export async function startPostgres(binaries: PostgresBinaries, place: ServerPlace): Promise<void> {
  if (!existsSync(place.folder)) await initialise(binaries.folder, place)
  if ((await startOnce(binaries, place)) === 'ready') return
  const pid = serverPid('postgres', place.folder)
  if (pid !== undefined) await stopProcess(pid, 'SIGINT', STOP_MS)
  await resetPassword(binaries.folder, place)
  await startOnce(binaries, place)
}

async function startOnce(binaries: PostgresBinaries, place: ServerPlace): Promise<'ready' | 'denied'> {
  const {folder, port, password, account} = place
  await clearForeignPid(folder)
  const log = logOf(folder)
  const settings = [...SETTINGS, ...(place.settings ?? []), `port=${port}`]
  const args = ['-D', folder, ...settings.flatMap((setting) => ['-c', setting])]
  const command = join(binaries.folder, 'bin', 'postgres')
  const ended = await launch({command, args, env: serverEnv(), log, account})
  return waitForAnswer({name: binaries.version, log, ask: () => askPostgres(port, password), ended})
}

/**
 * After a crash, the id in the pid file may belong to another program, and Postgres would refuse to start. The file of
 * a dead process is kept: from it Postgres learns of shared memory that is still in use.
 */
async function clearForeignPid(folder: string): Promise<void> {
  const pid = recordedPid('postgres', folder)
  if (pid !== undefined && isAlive(pid) && serverPid('postgres', folder) === undefined) {
    await rm(pidFile('postgres', folder), {force: true})
  }
}

/** Whether the server accepts the password and answers a query. */
export async function askPostgres(port: number, password: string): Promise<Answer> {
  const {default: pg} = await import('pg')
  const client = new pg.Client({
    ...{host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres'},
    // Otherwise the caller's PGSSLMODE would apply, and the local server has no TLS
    ssl: false,
    connectionTimeoutMillis: 2000,
    query_timeout: 2000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
    return 'ready'
  } catch (error) {
    return error instanceof pg.DatabaseError && error.code === '28P01' ? 'denied' : 'none'
  } finally {
    await client.end().catch(() => {})
  }
}
