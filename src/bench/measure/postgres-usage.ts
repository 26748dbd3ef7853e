import type {Pool} from 'pg'
import type {ProcessUsage} from '../shape/step.ts'
import {listProcesses, type ProcessMemory, type ProcessTimes, readMemory, readTimes} from './proc.ts'
import type {UsageMeter} from './usage-meter.ts'

/** How far the start of a process may be from the time that the server reports, ms. */
const START_MS = 3000

/** Interval between reads of the memory of all processes, ms: reading 20 of them takes half a millisecond. */
const MEMORY_MS = 1000

const THIS_BACKEND = `SELECT pid, extract(epoch FROM backend_start) * 1000 AS started
FROM pg_stat_activity WHERE pid = pg_backend_pid()`

/** Meters the server behind `pool` if it runs on this machine; a remote Postgres does not report its usage. */
export async function meterPostgres(pool: Pool): Promise<UsageMeter | undefined> {
  const {rows} = await pool.query<{pid: number; started: string}>(THIS_BACKEND)
  const {pid, started} = rows[0]
  const backend = readTimes(pid)
  // The server behind a tunnel or in a container has process ids of its own
  const isHere = backend && Math.abs(backend.startedAt - Number(started)) <= START_MS
  return isHere && backend.name.startsWith('postgres') ? new PostgresMeter(backend.parent) : undefined
}

/** The postmaster and all its children. */
class PostgresMeter implements UsageMeter {
  readonly #postmaster: number
  #memory = 0
  #lookedAt = Number.NEGATIVE_INFINITY
  /** Processes seen so far: whether they are children. */
  #known = new Map<number, boolean>()

  constructor(postmaster: number) {
    this.#postmaster = postmaster
  }

  /** The CPU time of a child that has ended is in the account of its parent, which waited for it. */
  async cpuMs(): Promise<number | undefined> {
    const postmaster = readTimes(this.#postmaster)
    if (!postmaster) return undefined
    const children = listProcesses().flatMap((pid) => readTimes(pid) ?? [])
    return children
      .filter(({parent}) => parent === this.#postmaster)
      .reduce((sum, {cpuMs}: ProcessTimes) => sum + cpuMs, postmaster.cpuMs + postmaster.endedCpuMs)
  }

  /**
   * Sums the private memory of all processes, and adds the shared buffers and the program once, as much of them as one
   * process has touched: a little less than the whole. Reading the exact share of each process (PSS) would hold the
   * server up, because the kernel walks through all its buffers for that.
   */
  async sample(): Promise<void> {
    if (performance.now() - this.#lookedAt < MEMORY_MS) return
    this.#lookedAt = performance.now()
    const all = this.#processes()
    if (all.length === 0) return
    const own = all.reduce((sum, {anonymous}) => sum + anonymous, 0)
    const shared = Math.max(...all.map((one) => one.shared)) + Math.max(...all.map((one) => one.file))
    this.#memory = Math.max(this.#memory, own + shared)
  }

  usage(cpu: number | null): ProcessUsage {
    return {cpu, memory: this.#memory || null, source: 'process'}
  }

  #processes(): ProcessMemory[] {
    const known = new Map<number, boolean>()
    const found: ProcessMemory[] = []
    for (const pid of listProcesses()) {
      // The memory of processes known to be others' is not read again
      const seen = this.#known.get(pid)
      const memory = seen === false ? undefined : readMemory(pid)
      const isOurs = pid === this.#postmaster || memory?.parent === this.#postmaster
      known.set(pid, isOurs)
      if (isOurs && memory) found.push(memory)
    }
    this.#known = known
    return found
  }
}
