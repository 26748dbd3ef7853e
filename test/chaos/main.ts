// npm run chaos -- --seed 7 --minutes 5 [--topology cluster|sentinel] [--engine list|stream]: seeded faults
// against the whole of qtool, judged from outside
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import pg from 'pg'
import {migrate} from '../../src/sample/migrate.ts'
import {startProxy} from '../support/proxy.ts'
import {startTestPostgres} from '../support/server.ts'
import {ENGINES} from './engines.ts'
import {runRound, type Servers} from './round.ts'
import {startCluster} from './stores/cluster.ts'
import {startNode} from './stores/node.ts'
import {startSentinels} from './stores/sentinel.ts'
import type {Store} from './stores/store.ts'

const {values} = parseArgs({
  options: {
    seed: {type: 'string'},
    minutes: {type: 'string', default: '2'},
    topology: {type: 'string', default: 'node'},
    engine: {type: 'string', default: 'zset'},
  },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9))
const minutes = Number(values.minutes)
const TOPOLOGIES: Record<string, () => Promise<Store>> = {
  node: startNode,
  cluster: startCluster,
  sentinel: startSentinels,
}
const start = pick('topology', TOPOLOGIES)
const engine = pick('engine', ENGINES)
if (!Number.isInteger(seed) || !(minutes > 0)) throw new Error('expected --seed N and --minutes M as numbers')

function pick<T>(flag: 'topology' | 'engine', known: Record<string, T>): T {
  const found = Object.entries(known).find(([name]) => name === values[flag])
  if (!found)
    throw new Error(`expected --${flag} to be one of ${Object.keys(known).join(', ')}, got ${values[flag]}`)
  return found[1]
}

const root = process.cwd()
const started = performance.now()
const say = (text: string) => void process.stdout.write(`${text}\n`)
const log = (text: string) =>
  say(`${((performance.now() - started) / 1000).toFixed(1).padStart(7)} s  ${text}`)

async function startServers(): Promise<Servers> {
  const [store, postgres] = await Promise.all([start(), startTestPostgres('max_connections=60')])
  const client = new pg.Client(postgres.url)
  await client.connect()
  await migrate(client, {sample: true})
  await client.query('CREATE SCHEMA chaos')
  await client.query('CREATE TABLE chaos.parent (id int PRIMARY KEY)')
  await client.query('INSERT INTO chaos.parent VALUES (1)')
  await client.end()
  return {store, engine, postgres, postgresProxy: await startProxy(postgres.port)}
}

const sums = {
  rounds: 0,
  records: 0,
  faults: 0,
  acked: 0,
  lost: 0,
  unexpected: 0,
  duplicated: 0,
  wrongBytes: 0,
  misjudged: 0,
  recovered: 0,
  unfenced: 0,
  crashed: 0,
}

async function main(): Promise<void> {
  say(`seed ${seed}, ${values.topology}, ${values.engine}`)
  const folder = mkdtempSync(join(tmpdir(), 'qtool-chaos-'))
  const servers = await startServers()
  try {
    do {
      const name = `round${++sums.rounds}`
      sums.records += servers.store.records
      const report = await runRound(servers, {
        seed: seed + sums.rounds * 1000,
        name,
        folder,
        bin: resolve(root, 'bin/run.js'),
        checker: resolve(root, 'test/chaos/checker.js'),
        log,
      })
      for (const key of [
        'faults',
        'acked',
        'lost',
        'unexpected',
        'duplicated',
        'wrongBytes',
        'misjudged',
        'recovered',
        'unfenced',
        'crashed',
      ] as const) {
        sums[key] += report[key]
      }
      log(`${name}: ${JSON.stringify(report)}`)
      if (report.problems.length > 0) process.exitCode = 1
    } while (performance.now() - started < minutes * 60_000)
  } finally {
    await servers.postgresProxy.close()
    await Promise.all([servers.store.stop(), servers.postgres.stop()])
    rmSync(folder, {recursive: true, force: true})
  }
}

process.on('unhandledRejection', (error) => {
  log(`unhandled: ${error}`)
  process.exitCode = 1
})
await main().finally(() => {
  const {rounds, records, faults, ...figures} = sums
  const words = Object.entries(figures).map(([name, n]) => `${n} ${name}`)
  say(
    `seed ${seed}, ${values.topology}, ${values.engine}: ${rounds} rounds, ${records} records, ${faults} faults: ${words.join(', ')}`,
  )
})
