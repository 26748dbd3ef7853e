import {readFile} from 'node:fs/promises'
import {cpus, hostname, totalmem} from 'node:os'

/** The machine that the doctor runs on. */
export interface HostFacts {
  name: string
  platform: string
  node: string
  cpus: number
  memoryBytes: number
  /** Settings of a Linux kernel; null where there are none. */
  hugePages: string | null
  overcommit: number | null
  clockSource: string | null
}

export async function readHost(): Promise<HostFacts> {
  const [hugePages, overcommit, clockSource] = await Promise.all([
    lineOf('/sys/kernel/mm/transparent_hugepage/enabled'),
    lineOf('/proc/sys/vm/overcommit_memory'),
    lineOf('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
  ])
  return {
    name: hostname(),
    platform: process.platform,
    node: process.version,
    cpus: cpus().length,
    memoryBytes: totalmem(),
    // `always [madvise] never`
    hugePages: /\[(\w+)\]/.exec(hugePages ?? '')?.[1] ?? null,
    overcommit: overcommit === null ? null : Number(overcommit),
    clockSource,
  }
}

async function lineOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => null,
  )
}
