import {setTimeout as wait} from 'node:timers/promises'
import type {Bench} from '../../bench.ts'
import {readMemory, readTimes} from '../../measure/proc.ts'
import {startUsage, type UsageRun} from '../../measure/usage.ts'
import type {Usage} from '../../shape/step.ts'
import {askServer} from './ask.ts'
import {fire} from './fire.ts'
import type {OwnServer} from './own-server.ts'
import {ROUTES, type RouteName} from './routes.ts'
import type {ApiOptions, StepSeen} from './seen.ts'
import {sum} from './volley.ts'

type StepOptions = Omit<ApiOptions, 'connections'> & {route: RouteName; connections: number}

export async function runStep(bench: Bench, server: OwnServer, options: StepOptions): Promise<StepSeen> {
  const {route, connections, seconds, warmupSeconds, records} = options
  const before = await answeredBy(server)
  const watch = new ServerWatch(bench, server.pid)
  const target = {
    url: server.url + ROUTES[route](bench.place.queue.name),
    token: server.token,
    connections,
    warmupMs: warmupSeconds * 1000,
    ms: seconds * 1000,
    records: route === 'ingest' ? records : undefined,
  }
  const volley = await fire(target, watch, bench.signal)
  // The first question is itself answered by the time of the second
  const served = await settled(server, before + 1, sum(volley.answered))
  return {route, connections, volley, served, ...(await watch.result())}
}

async function answeredBy(server: OwnServer): Promise<number> {
  return sum((await askServer(server)).answered)
}

/** How long the server may take to count the last answers, ms. */
const COUNT_MS = 500

/** Requests that were answered since `before`: each question adds one of its own. */
async function settled(server: OwnServer, before: number, expected: number): Promise<number> {
  const deadline = performance.now() + COUNT_MS
  for (let asked = 0; ; asked++) {
    const served = (await answeredBy(server)) - before - asked
    if (served >= expected || performance.now() > deadline) return served
    await wait(20)
  }
}

/** Watches the server and both databases in the measured time. */
class ServerWatch {
  readonly #bench: Bench
  readonly #pid: number
  #run: Promise<UsageRun> | undefined
  #usage: Promise<Usage> | undefined
  #cpu: [number | undefined, number | undefined] = [undefined, undefined]
  #wall: [number, number] = [0, 0]

  constructor(bench: Bench, pid: number) {
    this.#bench = bench
    this.#pid = pid
  }

  readonly begin = (): void => {
    this.#cpu[0] = readTimes(this.#pid)?.cpuMs
    this.#wall[0] = performance.now()
    this.#run = startUsage({redis: this.#bench.observer, pool: this.#bench.pool})
  }

  readonly end = (): void => {
    this.#cpu[1] = readTimes(this.#pid)?.cpuMs
    this.#wall[1] = performance.now()
    this.#usage = this.#run?.then((run) => run.stop())
  }

  /** With the server where a run usually has the process that measures, which only waits here. */
  async result(): Promise<Pick<StepSeen, 'usage' | 'serverCpuMs'>> {
    const usage = await this.#usage
    if (!usage) throw new Error('the load generator ended before the measured time')
    const [from, until] = this.#cpu
    const serverCpuMs = from === undefined || until === undefined ? null : until - from
    const cpu = serverCpuMs === null ? null : (serverCpuMs / (this.#wall[1] - this.#wall[0])) * 100
    const memory = readMemory(this.#pid)
    const held = memory ? memory.anonymous + memory.file + memory.shared : null
    return {serverCpuMs, usage: {...usage, qtool: {cpu, memory: held, source: 'process'}}}
  }
}
