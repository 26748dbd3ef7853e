import {readFileSync} from 'node:fs'
import {chmod, mkdtemp, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Redis, type RedisOptions} from 'ioredis'
import {stackPaths} from '../../src/stack/paths.ts'
import {freePort, launch, stopProcess} from '../../src/stack/process.ts'
import {libraryFolders, serverEnv} from '../../src/stack/redis/libraries.ts'
import {findRedis} from '../../src/stack/redis/redis-binary.ts'
import {startGuard} from './guard.ts'
import {testRedisEnv} from './server.ts'
import {until} from './until.ts'

/** A sentinel that watches a primary under the name `main`. */
export interface TestSentinel {
  port: number
  /** Ends it as a power cut would. */
  crash(): Promise<void>
  /** Makes it stand still: its connections stay open. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

export interface SentinelSettings {
  quorum: number
  /** About the primary, e.g. `down-after-milliseconds 5000`. */
  settings?: string[]
  /** More lines of its configuration file; the port comes before them. */
  lines?: string[]
  /** How a client reaches it. */
  client?: RedisOptions
}

/**
 * Starts a sentinel for a Redis of `startTestRedis`, and waits until it has seen it.
 * @param port of the primary
 */
export async function startSentinel(
  port: number,
  {quorum, settings = [], lines: more = [], client}: SentinelSettings,
): Promise<TestSentinel> {
  const home = await mkdtemp(join(tmpdir(), 'qtool-test-sentinel-'))
  await chmod(home, 0o711)
  const own = await freePort()
  const [config, pid] = [join(home, 'sentinel.conf'), join(home, 'sentinel.pid')]
  const lines = [
    'bind 127.0.0.1',
    client?.tls ? `tls-port ${own}` : `port ${own}`,
    `dir "${home}"`,
    `pidfile "${pid}"`,
    `sentinel monitor main 127.0.0.1 ${port} ${quorum}`,
    'sentinel auth-pass main test',
    ...settings.map((text) => text.replace(/^(\S+) /, 'sentinel $1 main ')),
    ...more,
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  const {command, unpacked} = await findRedis(stackPaths(process.env), testRedisEnv())
  const env = serverEnv(unpacked ? libraryFolders(unpacked) : [])
  const guard = startGuard(home, pid)
  await launch({command, args: [config, '--sentinel'], env, log: join(home, 'log'), account: undefined})
  await untilItKnows({port: own, ...client})
  const number = () => Number.parseInt(readFileSync(pid, 'utf8'), 10)
  return {
    port: own,
    async crash() {
      await stopProcess(number(), 'SIGKILL', 10_000)
    },
    freeze: () => void process.kill(number(), 'SIGSTOP'),
    thaw: () => void process.kill(number(), 'SIGCONT'),
    stop: guard.stop,
  }
}

async function untilItKnows(options: RedisOptions): Promise<void> {
  const redis = new Redis({...options, maxRetriesPerRequest: null})
  redis.on('error', () => {})
  // It asks the primary who it is ten seconds apart at most
  await until(async () => {
    const flags = String(await redis.call('SENTINEL', 'MASTER', 'main'))
    return flags.includes('runid') && !/[,:]s_down/.test(flags)
  })
  redis.disconnect()
}
