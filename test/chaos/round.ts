import {execFile} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import pg from 'pg'
import type {FaultProxy} from '../support/proxy.ts'
import type {TestServer} from '../support/server.ts'
import type {Engine} from './engines.ts'
import {watchFences} from './fences.js'
import {heal, torment} from './nemesis.ts'
import {countHeld} from './outside-queue.js'
import {produceByCli, produceRaw} from './producers.ts'
import {Random} from './random.ts'
import {Ledger, makeRecords} from './record.ts'
import {openResp} from './resp.js'
import type {Store} from './stores/store.ts'
import {Workers} from './workers.ts'

export interface Servers {
  store: Store
  engine: Engine
  postgres: TestServer
  postgresProxy: FaultProxy
}

/** The findings of the checker, and the number of faults. */
export interface RoundReport {
  faults: number
  /** Records that a producer knows to be queued. */
  acked: number
  lost: number
  unexpected: number
  duplicated: number
  wrongBytes: number
  misjudged: number
  recovered: number
  /** Leases settled by a worker that was not their last holder. */
  unfenced: number
  /** Workers that ended with an uncaught error. */
  crashed: number
  rows: number
  deadLetters: number
  problems: string[]
}

const RAW_PRODUCERS = 4
const CLI_PRODUCERS = 2
const WORKER_PROCESSES = 3

/** How long a round has faults at most: among failovers, a producer that waits for a replica may not get far. */
const FAULTS_MS = 40_000

/** How long after the last fault everything must be written or refused: twice the lease plus the longest backoff. */
const HEAL_MS = 60_000

/** One round: load under faults, healing, draining, and the count from outside. */
export async function runRound(
  servers: Servers,
  options: {
    seed: number
    name: string
    folder: string
    bin: string
    checker: string
    log: (line: string) => void
  },
): Promise<RoundReport> {
  const {seed, name, bin, log} = options
  const folder = join(options.folder, name)
  mkdirSync(folder)
  const table = `chaos.${name}`
  await onPostgres(
    servers,
    `CREATE TABLE ${table} (id int, body text, parent int REFERENCES chaos.parent, extra int)`,
  )
  const env = environment(servers, folder)
  const {store, engine} = servers
  const usual = '--workers 4 --batch 150 --lease 1500ms --max-retries 6'.split(' ')
  const line = ['-q', name, '--table', table, ...engine.flags.work, ...usual]
  const tagged = store.tag(name)
  const fences = store.servers.map((url) => watchFences(url, tagged))
  const workers = new Workers(WORKER_PROCESSES, bin, line, env)
  const targets = {...servers, queue: name, workers}
  const ledgers: Ledger[] = []
  const stop = new AbortController()
  let calm: NodeJS.Timeout | undefined
  try {
    calm = setTimeout(() => stop.abort(), FAULTS_MS)
    const tormented = torment(targets, new Random(seed), stop.signal, log)
    const urlNow = () => store.producerUrl(name)
    const raw = {engine, key: `queue:${tagged}`, replicas: store.replicas, urlNow}
    const share = store.records / (RAW_PRODUCERS + CLI_PRODUCERS)
    const producers = Array.from({length: RAW_PRODUCERS + CLI_PRODUCERS}, (_, i) => {
      const records = makeRecords(Math.floor(i * share), Math.floor((i + 1) * share) - Math.floor(i * share))
      const ledger = new Ledger(join(folder, 'ledger'))
      ledgers.push(ledger)
      const random = new Random(seed + i + 1)
      return i < RAW_PRODUCERS
        ? produceRaw(raw, records, ledger, random)
        : produceByCli(
            {bin, env, queue: name, flags: engine.flags.enqueue, folder, log},
            records,
            ledger,
            random,
          )
    })
    await Promise.all(producers)
    stop.abort()
    const faults = await tormented
    heal(targets)
    log('healed')
    await drained(async () => (await store.serverOf(name)).url, tagged)
    await workers.stop()
    const {url} = await store.serverOf(name)
    const report = await check(options.checker, [
      join(folder, 'ledger'),
      url,
      servers.postgres.url,
      tagged,
      table,
    ])
    const violations = fences.flatMap((watch) => watch.violations)
    const problems = [...report.problems, ...violations, ...workers.crashes]
    const [unfenced, crashed] = [violations.length, workers.crashes.length]
    return {...report, faults, unfenced, crashed, problems}
  } finally {
    clearTimeout(calm)
    stop.abort()
    for (const watch of fences) watch.close()
    await workers.stop()
  }
}

function environment(servers: Servers, home: string) {
  const through = (url: string, {port}: FaultProxy) => Object.assign(new URL(url), {port: String(port)}).href
  return {
    PATH: process.env.PATH,
    HOME: home,
    QTOOL_HOME: join(home, 'home'),
    QTOOL_CONFIG: join(home, 'profiles.json'),
    REDIS_URL: servers.store.url,
    ...(servers.store.replicas > 0 && {
      QTOOL_DURABILITY: 'replica',
      QTOOL_MIN_REPLICAS: String(servers.store.replicas),
    }),
    DATABASE_URL: through(servers.postgres.url, servers.postgresProxy),
  }
}

async function onPostgres({postgres}: Servers, sql: string): Promise<void> {
  const client = new pg.Client(postgres.url)
  await client.connect()
  await client.query(sql)
  await client.end()
}

/** Waits for the queue to drain. @throws if items are still ready or leased after HEAL_MS */
async function drained(urlNow: () => Promise<string>, queue: string): Promise<void> {
  const until = performance.now() + HEAL_MS
  for (;;) {
    // Its server may be replaced just now
    const held = await heldBy(urlNow, queue).catch((error: Error) => error)
    if (!(held instanceof Error) && held.ready === 0 && held.leases === 0) return
    if (performance.now() > until) {
      throw new Error(held instanceof Error ? held.message : `not drained: ${JSON.stringify(held)}`)
    }
    await wait(100)
  }
}

async function heldBy(urlNow: () => Promise<string>, queue: string) {
  const redis = openResp(await urlNow())
  try {
    await redis.ready
    return await countHeld(redis, queue)
  } finally {
    redis.close()
  }
}

function check(
  checker: string,
  args: string[],
): Promise<Omit<RoundReport, 'faults' | 'unfenced' | 'crashed'>> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [checker, ...args], {maxBuffer: 1e8}, (error, stdout) =>
      stdout ? resolve(JSON.parse(stdout)) : reject(error),
    )
  })
}
