import {type ChildProcess, spawn} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {QtoolError} from '../../../errors.ts'

/** A server that belongs to a run. */
export interface OwnServer {
  url: string
  token: string
  pid: number
}

export interface OwnServerOptions {
  redisUrl: string
  databaseUrl: string
  /** Most connections to Redis. */
  pool: number
  /** The executable of qtool; the one that runs if left out. */
  bin?: string
}

/** How long it may take to listen, and to end, ms. */
const START_MS = 15_000
const END_MS = 10_000

/** Starts `qtool serve` on a free port of this machine, and ends it on every path. */
export async function withOwnServer<T>(
  options: OwnServerOptions,
  use: (server: OwnServer) => Promise<T>,
): Promise<T> {
  const token = randomBytes(24).toString('hex')
  const child = spawn(process.execPath, [options.bin ?? process.argv[1], 'serve', '--port', '0'], {
    env: environment(options, token),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const closed = once(child, 'close')
  try {
    const url = await listening(child)
    return await use({url, token, pid: child.pid ?? 0})
  } finally {
    child.kill('SIGTERM')
    const timer = setTimeout(kill, END_MS)
    await closed
    clearTimeout(timer)
    process.off('exit', kill)
  }
}

/** Nothing but this run decides which servers it uses, and none of its settings is in the process list. */
function environment({redisUrl, databaseUrl, pool}: OwnServerOptions, token: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    REDIS_URL: redisUrl,
    DATABASE_URL: databaseUrl,
    REDIS_MAX_CONNECTIONS: String(pool),
    QTOOL_TOKEN: token,
    QTOOL_PROFILE: undefined,
    QTOOL_CONFIG: '/nonexistent/profiles.json',
  }
}

/** The address that it says. @throws QtoolError `SERVE` with what it said instead */
async function listening(child: ChildProcess): Promise<string> {
  const said: string[] = []
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS)
  try {
    if (!child.stderr) throw new Error('expected to read what the server says')
    for await (const line of createInterface({input: child.stderr})) {
      const [, url] = /^serving (http:\/\/\S+);/.exec(line) ?? []
      if (url) {
        child.stderr.resume()
        return url
      }
      said.push(line)
    }
  } finally {
    clearTimeout(timer)
  }
  throw new QtoolError(`qtool serve did not start: ${said.join('; ') || 'it said nothing'}`, {code: 'SERVE'})
}
