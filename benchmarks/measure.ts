import {spawn} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {delimiter, join} from 'node:path'

/** Figures of several rounds; NaN if there are none. */
export interface Summary {
  median: number
  min: number
  max: number
}

export function summarise(values: number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length === 0) return {median: Number.NaN, min: Number.NaN, max: Number.NaN}
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  return {median, min: sorted[0], max: sorted[sorted.length - 1]}
}

/** Compared round by round, so that a machine whose speed drifts favours neither side. */
export function ratios(ours: number[], theirs: number[]): number[] {
  return ours.map((value, i) => value / theirs[i])
}

export interface ProcessRun {
  seconds: number
  stdout: string
  /** Largest resident set, MiB. */
  rssMiB: number
}

/** Runs a command to its end as a whole process. @throws Error with its output when its exit code is not expected */
export async function runProcess(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  codes = [0],
): Promise<ProcessRun> {
  const started = performance.now()
  const child = spawn(command, args, {env, stdio: ['ignore', 'pipe', 'pipe']})
  let stdout = ''
  let stderr = ''
  let rssMiB = 0
  child.stdout.on('data', (part) => {
    stdout += part
  })
  child.stderr.on('data', (part) => {
    stderr += part
  })
  const timer = setInterval(() => {
    rssMiB = Math.max(rssMiB, peakMiB(child.pid ?? 0))
  }, 20)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearInterval(timer)
  const seconds = (performance.now() - started) / 1000
  if (code === null || !codes.includes(code))
    throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)
  return {seconds, stdout, rssMiB}
}

/** VmHWM of a process; 0 if it is gone or the system has no /proc. */
function peakMiB(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** Path of a program on the PATH; undefined if it is not there. */
export function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}
