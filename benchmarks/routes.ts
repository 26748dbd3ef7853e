/**
 * npm run bench:routes -- [--count 200000] [--rounds 3]
 *
 * What it costs to drain one queue into two tables: orders and their lines by a field of each record, and by the members of
 * envelopes, in turns with the same records from a queue for each table.
 */
import {writeFile} from 'node:fs/promises'
import {parseArgs} from 'node:util'
import {type Bench, withBench} from './bench-servers.ts'
import {perMillion} from './cpu.ts'
import {clean} from './data.ts'
import {type Figures, inTurns, printWays} from './ways-table.ts'

const {values: flags} = parseArgs({
  options: {count: {type: 'string', default: '200000'}, rounds: {type: 'string', default: '3'}},
})

const LINES = 4
const orders = Math.floor(Number(flags.count) / (1 + LINES))
const count = orders * (1 + LINES)

const TABLES = `CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, placed_at timestamptz NOT NULL, total numeric NOT NULL);
CREATE TABLE lines (order_id int NOT NULL REFERENCES orders, n int NOT NULL, sku text NOT NULL, qty int NOT NULL, PRIMARY KEY (order_id, n))`

const orderOf = (id: number) => ({
  id,
  customer: `customer ${(id * 7919) % 10_007}`,
  placed_at: new Date(1_767_225_600_000 + id * 1000).toISOString(),
  total: ((id * 31) % 100_000) / 100,
})
const linesOf = (id: number) =>
  Array.from({length: LINES}, (_, n) => ({
    order_id: id,
    n,
    sku: `sku-${(id * LINES + n) % 5000}`,
    qty: 1 + (n % 3),
  }))

/** Files of the same records: of both kinds in turns, of each kind, and as envelopes of an order with its lines. */
async function makeFiles({folder}: Bench) {
  const ids = Array.from({length: orders}, (_, id) => id)
  const write = async (name: string, records: object[]) => {
    const path = `${folder}/${name}.ndjson`
    await writeFile(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    return path
  }
  return {
    orders: await write('orders', ids.map(orderOf)),
    lines: await write('lines', ids.flatMap(linesOf)),
    mixed: await write(
      'mixed',
      ids.flatMap((id) => [
        {of: 'order', ...orderOf(id)},
        ...linesOf(id).map((line) => ({of: 'line', ...line})),
      ]),
    ),
    envelopes: await write(
      'envelopes',
      ids.map((id) => ({order: orderOf(id), lines: linesOf(id)})),
    ),
  }
}

type Files = Awaited<ReturnType<typeof makeFiles>>

interface Way {
  name: string
  /** Queue, file and flags of each drain, one after the other. */
  drains: Array<[queue: string, file: keyof Files, ...flags: string[]]>
}

const BY_FIELD = ['--route', 'of=order:orders', '--route', 'of=line:lines']
const BY_MEMBER = ['--route', 'order:orders', '--route', 'lines[]:lines']
const WAYS: Way[] = [
  {
    name: 'a queue for each table',
    drains: [
      ['orders', 'orders', '--table', 'orders'],
      ['lines', 'lines', '--table', 'lines'],
    ],
  },
  {name: 'routes by a field', drains: [['mixed', 'mixed', ...BY_FIELD]]},
  {name: 'routes by members', drains: [['envelopes', 'envelopes', ...BY_MEMBER]]},
  {name: 'routes by members, --order free', drains: [['free', 'envelopes', ...BY_MEMBER, '--order', 'free']]},
]

async function measure(bench: Bench, files: Files, {name, drains}: Way): Promise<Figures> {
  await clean(bench, ['orders', 'lines'])
  for (const [queue, file] of drains) await bench.qtool('enqueue', files[file], '-q', queue)
  const {result: seconds, cpu} = await bench.cpu.measure('commands', async () => {
    let total = 0
    for (const [queue, , ...how] of drains) {
      total += (await bench.qtool('work', '-q', queue, '--workers', '10', '--until-empty', ...how)).seconds
    }
    return total
  })
  const {rows} = await bench.pool.query<{n: number}>(
    'SELECT (SELECT count(*)::int FROM orders) + (SELECT count(*)::int FROM lines) AS n',
  )
  if (rows[0].n !== count) throw new Error(`${name}: expected ${count} rows, found ${rows[0].n}`)
  return {rate: count / seconds, cpu: perMillion(cpu, count)}
}

await withBench(async (bench) => {
  await bench.qtool('migrate')
  await bench.pool.query(TABLES)
  const files = await makeFiles(bench)
  const found = await inTurns(WAYS, Number(flags.rounds), (way) => measure(bench, files, way))
  printWays(bench, found, {count, usual: 'a queue each'})
})
