import type {ParsedLine} from '../config/idle-flags.ts'
import {type ProcessWatch, runProcesses, type WorkerProcess} from './processes.ts'
import type {WorkResult} from './run-work.ts'

/** Flags that may hold a password, and the variables in which a worker process gets them. */
const SECRET = {'redis-url': 'QTOOL_WORKER_REDIS_URL', 'database-url': 'QTOOL_WORKER_DATABASE_URL'} as const

type SecretFlags = {[Name in keyof typeof SECRET]?: string}

/** What is divided among worker processes. */
interface Shared {
  workers: number
  /** Limit on connections to Redis. */
  connections: number
}

/**
 * Runs `qtool work` in several processes, each with the flags that were typed and its share of the workers.
 * @param secrets URLs of the servers, as far as they were given as flags
 * @throws the error of the first process that failed
 */
export async function spread(
  typed: ParsedLine,
  secrets: SecretFlags,
  total: Shared & {processes: number},
  signal: AbortSignal,
  watch?: ProcessWatch,
): Promise<WorkResult> {
  const connections = shares(total.connections, total.processes)
  const processes = shares(total.workers, total.processes).map((workers, i) =>
    workerProcess(typed, secrets, {workers, connections: connections[i]}),
  )
  return runProcesses(process.argv[1], processes, signal, watch)
}

/** The flags that `spread` passed in the environment; none in a process that was started by hand. */
export function inheritedFlags(env: NodeJS.ProcessEnv): SecretFlags {
  if (!process.send) return {}
  return Object.fromEntries(
    Object.entries(SECRET).flatMap(([flag, name]) => (env[name] ? [[flag, env[name]]] : [])),
  )
}

/** Divides `total` into up to `parts` shares, as evenly as possible. */
function shares(total: number, parts: number): number[] {
  return Array.from({length: parts}, (_, i) => Math.floor((total + i) / parts)).filter((share) => share > 0)
}

/**
 * The variables in which a process that is started gets these flags. Only the same user can read them: everybody on the
 * machine can read a command line.
 */
export function secretVariables(secrets: SecretFlags): NodeJS.ProcessEnv {
  const names = Object.keys(SECRET) as Array<keyof typeof SECRET>
  return Object.fromEntries(
    names.flatMap((name) => (secrets[name] === undefined ? [] : [[SECRET[name], secrets[name]]])),
  )
}

function workerProcess(
  typed: ParsedLine,
  secrets: SecretFlags,
  {workers, connections}: Shared,
): WorkerProcess {
  const env = {REDIS_MAX_CONNECTIONS: String(connections), ...secretVariables(secrets)}
  return {args: ['work', ...wordsOf(typed), '--workers', String(workers), '--processes', '1'], env}
}

/** The flags that were typed, without those that each process gets a value of its own for. */
function wordsOf({raw}: ParsedLine): string[] {
  const own = ['workers', 'processes', 'json', ...Object.keys(SECRET)]
  return raw.flatMap((token) => {
    if (token.type === 'arg' || own.includes(token.flag)) return []
    // The input of a flag that takes no value is the flag itself
    const isAlone = [`--${token.flag}`, `--no-${token.flag}`].includes(token.input)
    return isAlone ? [token.input] : [`--${token.flag}`, token.input]
  })
}
