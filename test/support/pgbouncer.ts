import {existsSync} from 'node:fs'
import {chmod, chown, mkdtemp, writeFile} from 'node:fs/promises'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {enterableFolder, type StackPaths, stackPaths} from '../../src/stack/paths.ts'
import {type Answer, freePort, launch, waitForAnswer} from '../../src/stack/process.ts'
import {unpackProgram} from '../../src/stack/redis/debian-package.ts'
import {libraryFolders, serverEnv} from '../../src/stack/redis/libraries.ts'
import {startGuard} from './guard.ts'

/** A PgBouncer for one test. */
export interface PgBouncer {
  /** URL of the database through PgBouncer. */
  url: string
  stop(): Promise<void>
}

const DEBIAN = {packages: ['pgbouncer'], programs: ['usr/sbin/pgbouncer']}

/**
 * Starts the distribution's PgBouncer in front of a Postgres; needs no root.
 * @param settings - more lines of its configuration file
 */
export async function startPgBouncer(
  databaseUrl: string,
  mode: 'session' | 'transaction' | 'statement',
  ...settings: string[]
): Promise<PgBouncer> {
  const paths = stackPaths(process.env)
  const unpacked = await findPgBouncer(paths)
  const home = await mkdtemp(join(tmpdir(), 'qtool-test-pgbouncer-'))
  const port = await freePort()
  const config = join(home, 'pgbouncer.ini')
  const pidFile = join(home, 'pgbouncer.pid')
  await writeFile(
    config,
    [...configLines(databaseUrl, port, pidFile), `pool_mode=${mode}`, ...settings].join('\n'),
  )
  // PgBouncer refuses to run as root
  if (paths.account) await chown(home, paths.account.uid, paths.account.gid)
  await chmod(home, 0o711)
  const guard = startGuard(home, pidFile)
  const log = join(home, 'log')
  const ended = await launch({
    command: join(unpacked, DEBIAN.programs[0]),
    args: [config],
    env: serverEnv(libraryFolders(unpacked)),
    log,
    account: paths.account,
  })
  await waitForAnswer({name: 'PgBouncer', log, ask: () => ask(port), ended})
  return {
    url: Object.assign(new URL(databaseUrl), {port: String(port)}).href,
    stop: guard.stop,
  }
}

function configLines(databaseUrl: string, port: number, pidFile: string): string[] {
  const {port: target, username, password} = new URL(databaseUrl)
  return [
    '[databases]',
    `* = host=127.0.0.1 port=${target} user=${username} password=${decodeURIComponent(password)}`,
    '[pgbouncer]',
    'listen_addr=127.0.0.1',
    `listen_port=${port}`,
    'unix_socket_dir=',
    `pidfile=${pidFile}`,
    'auth_type=any',
  ]
}

async function findPgBouncer(paths: StackPaths): Promise<string> {
  const folder = enterableFolder(paths.cache, 'pgbouncer', paths.account)
  const isThere = () => existsSync(join(folder, DEBIAN.programs[0]))
  if (!isThere()) await unpackProgram(DEBIAN, folder, paths, async () => isThere())
  return folder
}

function ask(port: number): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (answer: Answer) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end('ready'))
    socket.once('error', () => end('none'))
  })
}
