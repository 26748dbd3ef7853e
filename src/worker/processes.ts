import {spawn} from 'node:child_process'
import {QtoolError} from '../errors.ts'
import type {WorkResult} from './run-work.ts'

/** Share of `total` for each of `parts`, as even as can be. */
export function shares(total: number, parts: number): number[] {
  return Array.from({length: parts}, (_, i) => Math.floor((total + i) / parts)).filter((share) => share > 0)
}

/** Parsed flags as the words of a command line. */
export function toArgv(flags: object): string[] {
  return Object.entries(flags).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined || value === false || name === 'json') return []
    if (value === true) return [`--${name}`]
    return [value].flat().flatMap((one) => [`--${name}`, String(one)])
  })
}

/**
 * Runs `qtool work` in several processes, one command line each, and adds up their results. Signals of the terminal
 * reach them by themselves; one sent to this process is passed on.
 */
export async function runProcesses(
  script: string,
  commandLines: string[][],
  signal: AbortSignal,
): Promise<WorkResult> {
  const started = performance.now()
  const children = commandLines.map((args) => runChild(script, args, signal))
  const ends = await Promise.allSettled(children)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  const results = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
  return add(results, (performance.now() - started) / 1000)
}

async function runChild(script: string, args: string[], signal: AbortSignal): Promise<WorkResult> {
  // Its own group: Ctrl-C must not reach it twice, once from the terminal and once from here
  const child = spawn(process.execPath, [script, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const onAbort = () => child.kill('SIGTERM')
  const onExit = () => child.kill('SIGKILL')
  signal.addEventListener('abort', onAbort)
  process.on('exit', onExit)
  try {
    const [text] = await Promise.all([
      readAll(child.stdout),
      new Promise((resolve) => child.once('close', resolve)),
    ])
    return parseResult(text, child.pid ?? 0)
  } finally {
    signal.removeEventListener('abort', onAbort)
    process.off('exit', onExit)
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const part of stream) text += part
  return text
}

function parseResult(text: string, pid: number): WorkResult {
  let parsed: WorkResult | {error: {code: string; message: string; suggestions: string[]}}
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new QtoolError(`worker process ${pid} ended without a result`, {
      code: 'WORKER_DIED',
      suggestions: ['its leases are taken over by the next worker once they run out'],
      cause: error,
    })
  }
  if ('error' in parsed) throw new QtoolError(parsed.error.message, parsed.error)
  return parsed
}

function add(results: WorkResult[], seconds: number): WorkResult {
  const total = {...results[0], deadLettersByReason: {...results[0].deadLettersByReason}}
  for (const result of results.slice(1)) {
    total.leases += result.leases
    total.items += result.items
    total.inserted += result.inserted
    total.alreadyThere += result.alreadyThere
    total.deadLettered += result.deadLettered
    total.recovered += result.recovered
    total.lostLeases += result.lostLeases
    total.unknownKeys += result.unknownKeys
    total.retried += result.retried
    for (const [reason, n] of Object.entries(result.deadLettersByReason)) {
      total.deadLettersByReason[reason] = (total.deadLettersByReason[reason] ?? 0) + n
    }
  }
  const records = total.inserted + total.alreadyThere + total.deadLettered
  return {...total, seconds, recordsPerSecond: records / seconds}
}
