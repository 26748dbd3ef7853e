import {spawn} from 'node:child_process'
import {once} from 'node:events'
import type {Readable} from 'node:stream'
import {type ErrorKind, EXIT_CODES, QtoolError} from '../errors.ts'
import {countSettled} from '../record/outcomes.ts'
import {CHILD_MARK} from './child.ts'
import type {WorkResult} from './run-work.ts'
import {addTables} from './table-counts.ts'
import {addUnknownKeys, emptyTally, type Tally} from './tally.ts'

/** How one worker process is started. */
export interface WorkerProcess {
  args: string[]
  /** Added to the environment of this process. */
  env: NodeJS.ProcessEnv
}

/** Told what worker processes say of themselves. */
export interface ProcessWatch {
  /** @param process the first is 0 */
  reported(process: number, report: unknown): void
  ended(process: number): void
}

/**
 * Runs `qtool work` in several processes and adds up their results. Aborting `signal` stops them all. If one fails,
 * the others finish what they hold and stop: running on unnoticed with fewer workers than requested would be worse.
 * @throws the error of the first one that failed
 */
export async function runProcesses(
  script: string,
  workers: WorkerProcess[],
  signal: AbortSignal,
  watch?: ProcessWatch,
): Promise<WorkResult> {
  const started = performance.now()
  const stop = new AbortController()
  const onAbort = () => stop.abort()
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  const failures: unknown[] = []
  const children = workers.map((worker, i) => {
    const onReport = (report: unknown) => watch?.reported(i, report)
    const env = {...worker.env, [CHILD_MARK]: String(workers.length)}
    return runChild(script, {...worker, env}, stop.signal, onReport)
      .catch((error: unknown) => {
        failures.push(error)
        stop.abort()
      })
      .finally(() => watch?.ended(i))
  })
  const results = (await Promise.all(children)).flatMap((result) => result ?? [])
  signal.removeEventListener('abort', onAbort)
  if (failures.length > 0) throw failures[0]
  return add(results, (performance.now() - started) / 1000)
}

/**
 * In a process that `runProcesses` started: ends it, as SIGTERM would, when its parent is gone for whatever reason.
 * Otherwise a restart of the parent would double the workers.
 */
export function stopWithParent(signal: AbortSignal): void {
  if (!process.send) return
  const stop = () => {
    if (!signal.aborted) process.emit('SIGTERM', 'SIGTERM')
  }
  process.once('disconnect', stop)
  // Otherwise the listener would keep this process alive
  process.channel?.unref()
  if (!process.connected) stop()
}

/** @returns undefined if it was stopped before it could begin */
async function runChild(
  script: string,
  {args, env}: WorkerProcess,
  signal: AbortSignal,
  onReport: (report: unknown) => void,
): Promise<WorkResult | undefined> {
  // It is detached so that Ctrl-C does not reach it twice, from the terminal and from here.
  // By the closing of the channel the child notices that this process died; over it, it reports its metrics, if any
  const child = spawn(process.execPath, [script, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: true,
    env: {...process.env, ...env},
  })
  child.on('message', onReport)
  const onAbort = () => child.kill('SIGTERM')
  const onExit = () => child.kill('SIGKILL')
  signal.addEventListener('abort', onAbort)
  process.on('exit', onExit)
  if (signal.aborted) onAbort()
  try {
    const [text, [code, killedBy]] = await Promise.all([readAll(child.stdout), once(child, 'close')])
    if (text === '' && killedBy === 'SIGTERM' && signal.aborted) return undefined
    return parseResult(text, `worker process ${child.pid}`, killedBy ?? code)
  } finally {
    signal.removeEventListener('abort', onAbort)
    process.off('exit', onExit)
  }
}

async function readAll(stream: Readable | null): Promise<string> {
  let text = ''
  for await (const part of stream ?? []) text += part
  return text
}

/** @param end the signal that ended it, or its exit code */
function parseResult(text: string, who: string, end: string | number): WorkResult {
  let parsed: WorkResult | {error: {code: string; message: string; suggestions: string[]}}
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new QtoolError(
      `${who} ended without a result (${typeof end === 'number' ? `exit code ${end}` : end}); the others were stopped`,
      {
        code: 'WORKER_DIED',
        suggestions: ['start it again: leases of a dead worker are taken over once they expire'],
        cause: error,
      },
    )
  }
  if ('error' in parsed) {
    const kinds = Object.keys(EXIT_CODES) as ErrorKind[]
    const kind = kinds.find((one) => EXIT_CODES[one] === end)
    throw new QtoolError(parsed.error.message, {...parsed.error, kind})
  }
  return parsed
}

type Count = {[K in keyof Tally]: Tally[K] extends number ? K : never}[keyof Tally]

/** What is added up. */
const COUNTS = Object.entries(emptyTally()).flatMap(([name, value]) =>
  typeof value === 'number' ? [name as Count] : [],
)

/** @throws QtoolError (interrupted) if there is nothing to add up */
function add([first, ...others]: WorkResult[], seconds: number): WorkResult {
  if (!first) {
    throw new QtoolError('interrupted before any worker started', {code: 'INTERRUPTED', kind: 'interrupted'})
  }
  const total = {...first, deadLettersByReason: {...first.deadLettersByReason}}
  for (const result of others) {
    for (const name of COUNTS) total[name] += result[name]
    total.paused ||= result.paused
    total.tables = addTables(total.tables, result.tables)
    addUnknownKeys(total, 0, Object.entries(result.unknownKeys))
    for (const [reason, n] of Object.entries(result.deadLettersByReason)) {
      total.deadLettersByReason[reason] = (total.deadLettersByReason[reason] ?? 0) + n
    }
  }
  return {...total, seconds, recordsPerSecond: countSettled(total) / seconds}
}
