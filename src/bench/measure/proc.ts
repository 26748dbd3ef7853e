import {readdirSync, readFileSync} from 'node:fs'

/** The kernel counts time for programs in hundredths of a second (USER_HZ), on every architecture of Linux. */
const TICK_MS = 10

const KIB = 1024

export interface ProcessTimes {
  name: string
  parent: number
  /** ms since 1970, to a few hundredths of a second. */
  startedAt: number
  /** CPU time of the process so far, ms. */
  cpuMs: number
  /** CPU time of its children that have ended, ms. */
  endedCpuMs: number
}

/** Resident memory, bytes. */
export interface ProcessMemory {
  parent: number
  /** Private to the process. */
  anonymous: number
  /** Files, such as its program; others may have mapped them too. */
  file: number
  /** Shared with others, such as the buffers of Postgres. */
  shared: number
}

/** Reads the times of a process from the system; undefined if it is gone, or if there is no /proc. */
export function readTimes(pid: number): ProcessTimes | undefined {
  const text = read(`/proc/${pid}/stat`)
  const boot = bootTime()
  if (text === undefined || boot === undefined) return undefined
  // The name may itself contain spaces and brackets
  const close = text.lastIndexOf(')')
  const fields = text.slice(close + 2).split(' ')
  // `fields` begins with the state, which is field 3 in proc(5)
  const field = (number: number) => Number(fields[number - 3])
  return {
    name: text.slice(text.indexOf('(') + 1, close),
    parent: field(4),
    startedAt: boot + field(22) * TICK_MS,
    cpuMs: (field(14) + field(15)) * TICK_MS,
    endedCpuMs: (field(16) + field(17)) * TICK_MS,
  }
}

export function readMemory(pid: number): ProcessMemory | undefined {
  const text = read(`/proc/${pid}/status`)
  if (text === undefined) return undefined
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)
  return {
    parent: field('PPid'),
    anonymous: field('RssAnon') * KIB,
    file: field('RssFile') * KIB,
    shared: field('RssShmem') * KIB,
  }
}

/** Ids of all processes; none if there is no /proc. */
export function listProcesses(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

let bootedAt: number | undefined

/** When the system was booted, ms since 1970. */
function bootTime(): number | undefined {
  bootedAt ??= Number(/^btime (\d+)/m.exec(read('/proc/stat') ?? '')?.[1]) * 1000 || undefined
  return bootedAt
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
