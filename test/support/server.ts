import {existsSync, readFileSync} from 'node:fs'
import {chmod, mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type StackPaths, stackPaths} from '../../src/stack/paths.ts'
import {initialise} from '../../src/stack/postgres/initdb.ts'
import {startPostgres} from '../../src/stack/postgres/postgres.ts'
import {postgresBinaries} from '../../src/stack/postgres/postgres-binary.ts'
import {freePort, run, stopProcess} from '../../src/stack/process.ts'
import {startRedis, startWith} from '../../src/stack/redis/redis.ts'
import {findRedis} from '../../src/stack/redis/redis-binary.ts'
import {pidFile, type ServerName, serverPid} from '../../src/stack/running.ts'
import type {ServerPlace} from '../../src/stack/server.ts'
import {startGuard} from './guard.ts'
import {byteOrder, fetchPostgres} from './postgres-version.ts'

/** A server for one test, in its own folder. */
export interface TestServer {
  url: string
  port: number
  /** Its data folder. */
  folder: string
  /** Ends it as a power cut would (SIGKILL); its data stays. */
  crash(): Promise<void>
  /** Starts it again on the same port and data, after `crash`. */
  start(): Promise<void>
  /** Makes it stand still with all its processes, as a machine that hangs would: connections stay open. */
  freeze(): void
  /** Lets it go on, after `freeze`. */
  thaw(): void
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/**
 * Starts a separate Redis: the program that QTOOL_TEST_REDIS names, else the one that `up` would start.
 * @param settings - more lines of its configuration file, e.g. `appendfsync always`
 */
export async function startTestRedis(...settings: string[]): Promise<TestServer> {
  const paths = stackPaths(process.env)
  const binary = await findRedis(paths, testRedisEnv())
  return startTestServer(paths, 'redis', (place) =>
    // Whoever changed its configuration, as sentinels do, finds it changed
    existsSync(place.folder)
      ? startWith(binary, place, {args: []})
      : startRedis(binary, {...place, settings}),
  )
}

/** This environment, in which `up` starts the Redis or Valkey that QTOOL_TEST_REDIS names, if any. */
export function testRedisEnv(): NodeJS.ProcessEnv {
  const {QTOOL_TEST_REDIS: named} = process.env
  return named ? {...process.env, QTOOL_REDIS_SERVER: named} : process.env
}

/**
 * Starts a separate Postgres; database and user are `postgres`. It has the major version that QTOOL_TEST_POSTGRES
 * names, else that of `up`.
 * @param settings - e.g. `max_connections=5`; the last value of a name counts
 */
export function startTestPostgres(...settings: string[]): Promise<TestServer> {
  return startPostgresOf(process.env.QTOOL_TEST_POSTGRES, settings)
}

/** Starts a Postgres. @param major version, e.g. `14`; undefined for the one that `up` starts */
export async function startPostgresOf(major: string | undefined, settings: string[]): Promise<TestServer> {
  const paths = stackPaths(process.env)
  const binaries = await (major ? fetchPostgres(paths, major) : postgresBinaries(paths))
  // Tests need not survive a power cut; the kernel keeps what a killed process has written
  const quick = ['fsync=off', 'shared_buffers=128MB', ...settings]
  return startTestServer(paths, 'postgres', async (place) => {
    if (!existsSync(place.folder)) await initialise(binaries.folder, place, byteOrder(major))
    await startPostgres(binaries, {...place, settings: quick})
  })
}

/**
 * Starts a standby of a Postgres, named `standby`, from a copy of its data; the primary is restarted for that.
 * @param throughPort where the standby reaches its primary
 */
export async function startStandby(primary: TestServer, throughPort: number): Promise<TestServer> {
  const paths = stackPaths(process.env)
  const binaries = await postgresBinaries(paths)
  const conninfo = `host=127.0.0.1 port=${throughPort} user=postgres password=test application_name=standby`
  return startTestServer(paths, 'postgres', async (place) => {
    if (!existsSync(place.folder)) {
      await primary.crash()
      await run('cp', ['-a', primary.folder, place.folder])
      await run('rm', [join(place.folder, 'postmaster.pid')])
      await run('cp', ['-p', join(place.folder, 'PG_VERSION'), join(place.folder, 'standby.signal')])
      await primary.start()
    }
    await startPostgres(binaries, {...place, settings: ['fsync=off', `primary_conninfo=${conninfo}`]})
  })
}

async function startTestServer(
  {account}: StackPaths,
  name: ServerName,
  startAt: (place: ServerPlace) => Promise<void>,
): Promise<TestServer> {
  const home = await mkdtemp(join(tmpdir(), `qtool-test-${name}-`))
  // The account that runs the server in place of root must be able to reach its data
  await chmod(home, 0o711)
  const folder = join(home, name)
  const place = {folder, port: await freePort(), password: 'test', account}
  const guard = startGuard(home, pidFile(name, folder))
  const start = () => startAt(place)
  await start()
  const user = name === 'redis' ? '' : 'postgres'
  return {
    url: `${name}://${user}:test@127.0.0.1:${place.port}/${name === 'redis' ? 0 : 'postgres'}`,
    port: place.port,
    folder,
    start,
    async crash() {
      const pid = serverPid(name, folder)
      if (pid !== undefined) await stopProcess(pid, 'SIGKILL', 10_000)
    },
    freeze: () => signalAll(serverPid(name, folder), 'SIGSTOP'),
    thaw: () => signalAll(serverPid(name, folder), 'SIGCONT'),
    stop: guard.stop,
  }
}

/** Sends a signal to a process and its children. */
function signalAll(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) throw new Error('the server does not run')
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  process.kill(pid, signal)
  for (const child of children.map(Number)) if (child > 0) signalIfThere(child, signal)
}

/** Sends a signal to a process that may have ended by now, as a backend does with its connection. */
function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
