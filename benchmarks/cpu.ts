import {readdirSync, readFileSync} from 'node:fs'
import type {Redis} from 'ioredis'
import type pg from 'pg'
import {listProcesses, readTimes} from '../src/bench/measure/proc.ts'

/** CPU seconds, by who spent them. */
export interface CpuSeconds {
  /** The measured commands, or the benchmark's own process if a peer runs inside it. */
  program: number
  redis: number
  /** The postmaster and every child it had during the measurement: backends, WAL writer, checkpointer, autovacuum. */
  postgres: number
}

/** What counts as the program: the commands that were started, or this process. */
export type Program = 'commands' | 'this process'

const NS_PER_MS = 1e6

/**
 * Reads the CPU time of a program and both servers from the kernel, which counts it in nanoseconds. The time of a
 * running process is in `schedstat` of its threads. The time of an ended one is in `cutime` and `cstime` of the parent
 * that waited for it, so a backend or a command that starts and ends between two readings is counted in full; these
 * two are in hundredths of a second, which is the error of a figure. Linux only.
 */
export class CpuAccount {
  readonly #redis: number
  readonly #postmaster: number

  private constructor(redis: number, postmaster: number) {
    this.#redis = redis
    this.#postmaster = postmaster
  }

  /** @throws Error if the servers run elsewhere, or the system has no /proc */
  static async open(redis: Redis, pool: pg.Pool): Promise<CpuAccount> {
    const server = Number(/^process_id:(\d+)/m.exec(await redis.info('server'))?.[1])
    const {rows} = await pool.query<{pid: number}>('SELECT pg_backend_pid() AS pid')
    const postmaster = readTimes(rows[0].pid)?.parent
    if (!readTimes(server) || postmaster === undefined)
      throw new Error('expected both servers among the processes of this machine')
    return new CpuAccount(server, postmaster)
  }

  /** Runs `work`. @returns its result, and the CPU time spent while it ran */
  async measure<T>(program: Program, work: () => Promise<T>): Promise<{result: T; cpu: CpuSeconds}> {
    const before = this.#read(program)
    const result = await work()
    const after = this.#read(program)
    return {
      result,
      cpu: {
        program: (after.program - before.program) / 1000,
        redis: (after.redis - before.redis) / 1000,
        postgres: (after.postgres - before.postgres) / 1000,
      },
    }
  }

  /** CPU time so far, in ms. */
  #read(program: Program): CpuSeconds {
    const times = readTimes(process.pid)
    const {user, system} = process.cpuUsage()
    return {
      program: program === 'commands' ? (times?.endedCpuMs ?? Number.NaN) : (user + system) / 1000,
      redis: familyMs(this.#redis),
      postgres: familyMs(this.#postmaster),
    }
  }
}

/** @returns CPU seconds per million records */
export function perMillion({program, redis, postgres}: CpuSeconds, records: number): CpuSeconds {
  const factor = 1e6 / records
  return {program: program * factor, redis: redis * factor, postgres: postgres * factor}
}

export function totalOf({program, redis, postgres}: CpuSeconds): number {
  return program + redis + postgres
}

/** CPU time of a process, its children, and those that have ended, ms. */
function familyMs(parent: number): number {
  for (;;) {
    const ended = readTimes(parent)?.endedCpuMs
    const sum = livingFamilyMs(parent)
    // A child that ended in between may be counted twice, or not at all
    if (readTimes(parent)?.endedCpuMs === ended) return sum + (ended ?? Number.NaN)
  }
}

function livingFamilyMs(parent: number): number {
  return listProcesses().reduce((sum, pid) => {
    if (pid === parent) return sum + livingMs(pid)
    const times = readTimes(pid)
    return times?.parent === parent ? sum + livingMs(pid) + times.endedCpuMs : sum
  }, 0)
}

/** CPU time of the threads of a process, ms; 0 if it is gone. */
function livingMs(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const ns = threads.map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    )
    return ns.reduce((sum, value) => sum + value, 0) / NS_PER_MS
  } catch {
    return readTimes(pid)?.cpuMs ?? 0
  }
}
