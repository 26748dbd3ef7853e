import {execFile} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import pg from 'pg'
import type {FaultProxy} from '../support/proxy.ts'
import type {TestServer} from '../support/server.ts'
import {watchFences} from './fences.js'
import {heal, torment} from './nemesis.ts'
import {produceByCli, produceRaw} from './producers.ts'
import {Random} from './random.ts'
import {Ledger, makeRecords} from './record.ts'
import {openResp} from './resp.js'
import type {Store} from './stores.ts'
import {Workers} from './workers.ts'

export interface Servers {
  store: Store
  postgres: TestServer
  postgresProxy: FaultProxy
}

/** The findings of the checker, and the number of faults. */
export interface RoundReport {
  faults: number
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

const RECORDS = 20_000
const RAW_PRODUCERS = 4
const CLI_PRODUCERS = 2
const WORKER_PROCESSES = 3

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
  const line = [
    '-q',
    name,
    '--table',
    table,
    '--workers',
    '4',
    '--batch',
    '150',
    '--lease',
    '1500ms',
    '--max-retries',
    '6',
  ]
  const {store} = servers
  const tagged = store.tag(name)
  const fences = store.servers.map((url) => watchFences(url, tagged))
  const workers = new Workers(WORKER_PROCESSES, bin, line, env)
  const targets = {...servers, queue: name, workers}
  const ledgers: Ledger[] = []
  const stop = new AbortController()
  try {
    const tormented = torment(targets, new Random(seed), stop.signal, log)
    const share = RECORDS / (RAW_PRODUCERS + CLI_PRODUCERS)
    const producers = Array.from({length: RAW_PRODUCERS + CLI_PRODUCERS}, (_, i) => {
      const records = makeRecords(Math.floor(i * share), Math.floor((i + 1) * share) - Math.floor(i * share))
      const ledger = new Ledger(join(folder, 'ledger'))
      ledgers.push(ledger)
      const random = new Random(seed + i + 1)
      return i < RAW_PRODUCERS
        ? produceRaw(() => store.producerUrl(name), `queue:${tagged}`, records, ledger, random)
        : produceByCli(bin, env, name, records, ledger, folder, random)
    })
    await Promise.all(producers)
    stop.abort()
    const faults = await tormented
    heal(targets)
    log('healed')
    const {url} = await store.serverOf(name)
    await drained(url, tagged)
    await workers.stop()
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
async function drained(redisUrl: string, name: string): Promise<void> {
  const redis = openResp(redisUrl)
  await redis.ready
  const until = performance.now() + HEAL_MS
  for (;;) {
    const ready = Number(await redis.call('ZCARD', `queue:${name}`))
    const leases = Number(await redis.call('ZCARD', `leases:${name}`))
    if (ready === 0 && leases === 0) break
    if (performance.now() > until) throw new Error(`not drained: ${ready} ready items and ${leases} leases`)
    await wait(50)
  }
  redis.close()
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
