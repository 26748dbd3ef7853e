import {expect, it} from 'vitest'
import type {Sink} from '../../../src/sink/sink.ts'
import {drainAll, push, testSink, useServers} from '../../support/context.ts'
import {cutSessions, poolNamed} from '../../support/cut-sessions.ts'
import {insertEach} from '../../support/drain-into.ts'
import {randomInt} from '../../support/seeded.ts'

/** QTOOL_SEEDS=300 compares as many tables. */
const SEEDS = Number(process.env.QTOOL_SEEDS ?? 24)

/** Items of the first lease that a worker takes. */
const PROBE = 8

const context = useServers()

interface Row {
  id: number
  seq: number | null
  a: number | null
  b: number | null
  gone: boolean
}

type Change = {op: string; n: number} & Partial<Omit<Row, 'gone'>>

interface Case {
  seed: number
  pick: ReturnType<typeof randomInt>
  isSoft: boolean
  newestBy: boolean
  there: Row[]
  records: Change[]
}

const isDelete = ({op}: Change) => op.toLowerCase().startsWith('d')
const isBad = (change: Change) =>
  change.op === 'x' || change.id === undefined || (!isDelete(change) && (change.a ?? 0) >= 2000)

/** Applies records one after the other. */
function apply(rows: Map<number, Row>, records: Change[], {isSoft, newestBy}: Case): void {
  for (const record of records) {
    const {id = 0, seq = null, a, b} = record
    if (isBad(record)) continue
    const row = rows.get(id)
    const isNewer = !newestBy || (seq !== null && (row?.seq == null || seq > row.seq))
    if (isDelete(record)) {
      if (!row || !isNewer) continue
      if (isSoft) rows.set(id, {...row, seq: newestBy ? seq : row.seq, gone: true})
      else rows.delete(id)
    } else if (!row) rows.set(id, {id, seq, a: a ?? null, b: b === undefined ? 7 : b, gone: false})
    else if (isNewer) {
      const given = Object.fromEntries(Object.entries({a, b}).filter(([, value]) => value !== undefined))
      rows.set(id, {...row, ...given, seq: newestBy || record.seq !== undefined ? seq : row.seq, gone: false})
    }
  }
}

/** @param isWhole every record that writes gives all columns */
function randomChanges({
  pick,
  keys,
  isWhole,
}: {
  pick: Case['pick']
  keys: number
  isWhole: boolean
}): Change[] {
  const writes = ['insert', 'u', 'UPSERT', 'c']
  const deletes = ['d', 'DELETE']
  return Array.from({length: 40 + pick(120)}, (_, n): Change => {
    const id = pick(keys)
    const seq = pick(12) === 0 ? null : n + 1
    const bad = pick(30)
    if (bad === 0) return {op: 'x', id, seq: 1000 + n, n}
    if (bad === 1) return {op: 'd', seq: 1000 + n, n}
    if (bad === 2) return {op: 'u', id, seq: 1000 + n, a: 5000, b: n, n}
    if (pick(3) === 0) return {op: deletes[pick(2)], id, seq, ...(pick(2) ? {a: 9000} : {}), n}
    const given = isWhole ? 3 : pick(4)
    return {
      ...{op: writes[pick(4)], id, n},
      ...(isWhole || pick(4) > 0 ? {seq} : {}),
      ...(given & 1 ? {a: pick(1000)} : {}),
      ...(given & 2 ? {b: pick(8) === 0 ? null : pick(1000)} : {}),
    }
  })
}

function shuffled<T>(pick: Case['pick'], all: T[]): T[] {
  return all
    .map((one) => ({one, at: pick(1e9)}))
    .sort((x, y) => x.at - y.at)
    .map(({one}) => one)
}

async function open(one: Case, table: string): Promise<Sink> {
  await context.pool.query(`CREATE TABLE ${table} (id int PRIMARY KEY, seq int, a int CHECK (a < 2000), b int DEFAULT 7,
  gone boolean NOT NULL DEFAULT false);
INSERT INTO ${table} SELECT * FROM json_to_recordset('${JSON.stringify(one.there)}') AS r(id int, seq int, a int, b int, gone boolean)`)
  const sink = await testSink(context, table, {
    ...{onConflict: 'update', opField: 'op'},
    ...(one.newestBy ? {newestBy: 'seq'} : {}),
    ...(one.isSoft ? {softDelete: 'gone'} : {}),
  })
  if (one.seed % 5 === 1) sink.experience.copies.left = Number.POSITIVE_INFINITY
  if (one.seed % 5 === 2) insertEach(sink)
  return sink
}

async function rowsOf(table: string): Promise<Row[]> {
  return (await context.pool.query<Row>(`SELECT * FROM ${table} ORDER BY id`)).rows
}

/** Every record became something, and rows are as many as were inserted and not removed. */
async function assertCounted(one: Case, queue: string, rows: number): Promise<Record<string, number>> {
  const {rows: found} = await context.pool.query<Record<string, number>>(
    `SELECT sum(inserted)::int AS inserted, sum(updated)::int AS updated, sum(deleted)::int AS deleted,
  sum(already_gone)::int AS gone, sum(already_there)::int AS there, sum(superseded)::int AS superseded,
  sum(cardinality(dead_letters))::int AS dead FROM qtool.applied_lease WHERE queue = $1`,
    [queue],
  )
  const counts = found[0]
  const sum = Object.values(counts).reduce((all, n) => all + n, 0)
  expect(sum, `seed ${one.seed}`).toBe(one.records.length)
  // Whether a record would be refused that a newer one of its lease supersedes is not always asked
  const bad = one.records.filter(isBad)
  expect(counts.dead, `seed ${one.seed}`).toBeLessThanOrEqual(bad.length)
  expect(counts.dead, `seed ${one.seed}`).toBeGreaterThanOrEqual(bad.filter(({a}) => a === undefined).length)
  const removed = one.isSoft ? 0 : counts.deleted
  expect(one.there.length + counts.inserted - removed, `seed ${one.seed}`).toBe(rows)
  return counts
}

/** One worker, and few leases at a time: the table is what the records leave if they are applied one after the other. */
async function inTurn(one: Case, table: string): Promise<Record<string, number>> {
  const sink = await open(one, table)
  const at = context.newQueue()
  const expected = new Map(one.there.map((row) => [row.id, row]))
  for (let from = 0; from < one.records.length; ) {
    const lease = one.records.slice(from, from + 1 + one.pick(60))
    from += lease.length
    await push(
      context,
      at.keys,
      lease.map((record) => JSON.stringify(record)),
    )
    await drainAll(context, sink, at, {workers: 1})
    for (const part of [lease.slice(0, PROBE), lease.slice(PROBE)]) {
      const age = ({seq}: Change) => seq ?? -1
      apply(expected, one.newestBy ? part.toSorted((x, y) => age(x) - age(y)) : part, one)
    }
    const sorted = [...expected.values()].sort((x, y) => x.id - y.id)
    expect(await rowsOf(table), `seed ${one.seed}, the first ${from} records`).toEqual(sorted)
  }
  return assertCounted(one, at.queue, expected.size)
}

/** Several workers, whose sessions are ended meanwhile: the newest record of each key decides. */
async function inAnyOrder(one: Case, table: string): Promise<Record<string, number>> {
  const sink = await open(one, table)
  const at = context.newQueue()
  await push(
    context,
    at.keys,
    one.records.map((record) => JSON.stringify(record)),
  )
  const name = `${context.schema}_${one.seed}`
  const stop = new AbortController()
  const cutting = one.seed % 3 > 0 ? cutSessions(name, one.seed, stop.signal) : undefined
  const pool = poolNamed(name, context.schema)
  const options = {workers: 3, batch: 5 + one.pick(30), maxRetries: 50, leaseMs: 2000}
  await drainAll({...context, pool}, sink, at, options).finally(() => stop.abort())
  await cutting
  await pool.end()
  const rows = await rowsOf(table)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const good = one.records.filter((record) => !isBad(record))
  for (const before of one.there) {
    const own = good.filter(({id}) => id === before.id)
    const [newest] = own.filter(({seq}) => seq !== null).sort((x, y) => (y.seq ?? 0) - (x.seq ?? 0))
    const found = byId.get(before.id)
    const why = `seed ${one.seed}, row ${before.id}`
    const asRow = ({id, seq, a, b}: Change) => ({id, seq, a, b, gone: false})
    if (!newest) {
      // A removed row may come back without an age; here nothing is removed without one
      expect(found, why).toEqual(before)
    } else if (!isDelete(newest)) expect(found, why).toEqual(asRow(newest))
    else if (one.isSoft) expect(found, why).toMatchObject({seq: newest.seq, gone: true})
    // Whoever writes after the delete brings the row back, but it is always one that a record gave
    else if (found) expect(own.filter((record) => !isDelete(record)).map(asRow), why).toContainEqual(found)
  }
  return assertCounted(one, at.queue, rows.length)
}

async function compare(seed: number): Promise<Record<string, number>> {
  const pick = randomInt(seed)
  const keys = 1 + pick(30)
  const isAnyOrder = seed % 4 === 3
  const isWhole = isAnyOrder || pick(3) === 0
  const changes = randomChanges({pick, keys, isWhole})
  const newestBy = isAnyOrder || pick(2) === 0
  const some = Array.from({length: keys}, (_, id): Row => ({id, seq: 0, a: -1, b: 1, gone: false}))
  const one: Case = {
    ...{seed, pick, newestBy, isSoft: pick(2) === 0},
    there: isAnyOrder ? some : some.filter(() => pick(2) === 0),
    records: newestBy ? shuffled(pick, changes) : changes,
  }
  const table = `g${seed}`
  const counts = await (isAnyOrder ? inAnyOrder(one, table) : inTurn(one, table))
  await context.pool.query(`DROP TABLE ${table}`)
  return counts
}

it(`leaves ${SEEDS} tables as a model says, whatever is deleted`, {timeout: 3_600_000}, async () => {
  const waiting = Array.from({length: SEEDS}, (_, seed) => seed)
  const seen: Record<string, number> = {}
  const run = async () => {
    for (let seed = waiting.pop(); seed !== undefined; seed = waiting.pop()) {
      for (const [kind, n] of Object.entries(await compare(seed))) seen[kind] = (seen[kind] ?? 0) + n
    }
  }
  await Promise.all([run(), run(), run(), run()])
  // The runs met what they are about
  for (const [kind, n] of Object.entries(seen)) expect(n, kind).toBeGreaterThan(0)
})
