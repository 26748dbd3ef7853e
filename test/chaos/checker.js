// Judges a run from outside: node test/chaos/checker.js LEDGER REDIS_URL DATABASE_URL QUEUE TABLE
import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import pg from 'pg'
import {leasedItems, readyItems} from './outside-queue.js'
import {openResp} from './resp.js'

const sha = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** All places in which ids were found: {id, place, sha}; `sha` is the hash of the body. */
async function readQueue(redisUrl, queue, problems) {
  const redis = openResp(redisUrl)
  await redis.ready
  const found = []
  const add = (place, payload) => {
    try {
      const {id, body} = JSON.parse(payload)
      found.push({id: Number(id), place, sha: sha(body)})
    } catch {
      problems.push(`${place}: unreadable item ${String(payload).slice(0, 80)}`)
    }
  }
  for (const item of await readyItems(redis, queue)) add('ready', item)
  const leases = (await redis.call('ZRANGE', `leases:${queue}`, 0, -1)).map(String)
  const attempts = (await redis.call('HKEYS', `attempts:${queue}`)).map(String)
  for (const id of attempts) if (!leases.includes(id)) problems.push(`attempts without a lease: ${id}`)
  const known = new Set([...leases, ...attempts])
  for (const [id, items] of await leasedItems(redis, queue, known)) {
    if (!known.has(id)) problems.push(`items of a lease that nobody holds: ${id}`)
    for (const item of items) add('leased', item)
  }
  for (const member of await redis.call('ZRANGE', `dlq:${queue}`, 0, -1)) {
    const {payload, payloadBase64} = JSON.parse(member)
    add('dead', payload ?? Buffer.from(payloadBase64, 'base64'))
  }
  redis.close()
  return found
}

async function readRows(databaseUrl, table) {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  const {rows} = await client.query(`SELECT id, body FROM ${table}`)
  await client.end()
  return rows.map(({id, body}) => ({id: Number(id), place: 'row', sha: sha(body)}))
}

/**
 * The rules: acked ids are somewhere, refused and unsent ones nowhere; each id is in one place, unchanged; and only
 * what Postgres must refuse (`bad` in the ledger) is a dead letter. The last ledger line of an id counts.
 */
export function judge(ledger, found, problems) {
  const places = group(found)
  const sent = new Map(ledger.map((entry) => [entry.id, entry]))
  const count = (place) => found.filter((one) => one.place === place).length
  const bad = {lost: [], unexpected: [], duplicated: [], wrongBytes: [], misjudged: []}
  let recovered = 0
  let acked = 0
  for (const {id, state} of sent.values()) {
    if (state === 'acked') acked++
    if (state === 'acked' && !places.has(id)) bad.lost.push(id)
    if (state === 'unknown' && places.has(id)) recovered++
  }
  for (const [id, at] of places) {
    const entry = sent.get(id)
    if (!entry || entry.state === 'refused') bad.unexpected.push(id)
    else if (at.some((one) => one.sha !== entry.sha)) bad.wrongBytes.push(id)
    if (at.length > 1) bad.duplicated.push(id)
    if (entry && at.some(({place}) => place === (entry.bad ? 'row' : 'dead'))) bad.misjudged.push(id)
  }
  for (const [name, ids] of Object.entries(bad)) {
    if (ids.length > 0) problems.push(`${name}: ${ids.length}, such as ${ids.slice(0, 5).join(', ')}`)
  }
  const sizes = Object.fromEntries(Object.entries(bad).map(([name, ids]) => [name, ids.length]))
  const figures = {
    rows: count('row'),
    ready: count('ready'),
    leased: count('leased'),
    deadLetters: count('dead'),
  }
  return {...sizes, acked, recovered, ...figures, problems}
}

function group(found) {
  const places = new Map()
  for (const one of found) {
    const known = places.get(one.id)
    if (known) known.push(one)
    else places.set(one.id, [one])
  }
  return places
}

const [path, redisUrl, databaseUrl, queue, table] = process.argv.slice(2)
const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
const problems = []
const found = [...(await readQueue(redisUrl, queue, problems)), ...(await readRows(databaseUrl, table))]
const report = judge(
  lines.map((line) => JSON.parse(line)),
  found,
  problems,
)
process.stdout.write(`${JSON.stringify(report)}\n`)
process.exitCode = problems.length > 0 ? 1 : 0
