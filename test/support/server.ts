import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmod, mkdtemp, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type StackPaths, stackPaths} from '../../src/stack/paths.ts'
import {postgresBinaries, startPostgres} from '../../src/stack/postgres.ts'
import {freePort, stopProcess} from '../../src/stack/process.ts'
import {startRedis} from '../../src/stack/redis.ts'
import {findRedis} from '../../src/stack/redis-binary.ts'

/** A server of a test's own, in a folder of its own. */
export interface TestServer {
  url: string
  port: number
  /** Ends it as a power cut would (SIGKILL); its data stays. */
  crash(): Promise<void>
  /** Starts it again on the same port and data, after `crash`. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** A Redis of its own. @param settings - more lines of its configuration file, e.g. `appendfsync always` */
export async function startTestRedis(...settings: string[]): Promise<TestServer> {
  const paths = stackPaths(process.env)
  const binary = await findRedis(paths, process.env)
  return startTestServer(paths, 'redis', (place) => startRedis({...place, binary, settings}))
}

/**
 * A Postgres of its own; database and user are `postgres`.
 * @param settings - e.g. `max_connections=5`; the last one of a name counts
 */
export async function startTestPostgres(...settings: string[]): Promise<TestServer> {
  const paths = stackPaths(process.env)
  const {folder: binaries} = await postgresBinaries(paths)
  // A test run need not survive a power cut; the kernel keeps what a killed process has written.
  const quick = ['fsync=off', 'shared_buffers=128MB', ...settings]
  return startTestServer(paths, 'postgres', (place) => startPostgres({...place, binaries, settings: quick}))
}

interface Place {
  folder: string
  port: number
  password: string
  account: StackPaths['account']
}

async function startTestServer(
  {account}: StackPaths,
  name: 'redis' | 'postgres',
  startAt: (place: Place) => Promise<number>,
): Promise<TestServer> {
  const home = await mkdtemp(join(tmpdir(), `qtool-test-${name}-`))
  // Root's deputy has to get through to the data.
  await chmod(home, 0o711)
  const place = {folder: join(home, name), port: await freePort(), password: 'test', account}
  const guard = startGuard(home)
  let pid = -1
  const start = async () => {
    pid = await startAt(place)
    await writeFile(join(home, 'pid'), String(pid))
  }
  await start()
  const user = name === 'redis' ? '' : 'postgres'
  return {
    url: `${name}://${user}:test@127.0.0.1:${place.port}/${name === 'redis' ? 0 : 'postgres'}`,
    port: place.port,
    start,
    async crash() {
      await stopProcess(pid, 'SIGKILL', 10_000)
    },
    async stop() {
      guard.ref()
      guard.stdin?.end()
      await once(guard, 'exit')
    },
  }
}

/**
 * Ends the server and removes its folder once this process closes the pipe or dies, however it dies: a server that
 * outlives its starter would else stay behind whenever a test run is killed.
 */
const GUARD = `cat >/dev/null
pid=$(cat "$1/pid") && kill -QUIT "$pid"
n=0
while kill -0 "$pid" && [ $n -lt 100 ]; do sleep 0.05; n=$((n + 1)); done
rm -rf "$1"`

function startGuard(home: string): ChildProcess {
  const guard = spawn('sh', ['-c', GUARD, 'guard', home], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  })
  guard.unref()
  return guard
}
