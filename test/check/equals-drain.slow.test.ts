import {Readable} from 'node:stream'
import type {ClientBase} from 'pg'
import {beforeAll, describe, expect, it} from 'vitest'
import type {RefusedItem} from '../../src/check/check-report.ts'
import {runCheck} from '../../src/check/run-check.ts'
import type {SinkOptions} from '../../src/sink/sink.ts'
import {Sinks} from '../../src/sink/sinks.ts'
import {openSources} from '../../src/source/open.ts'
import {testSink, useServers, withClient} from '../support/context.ts'
import {drainInto} from '../support/drain-into.ts'
import {randomInt} from '../support/seeded.ts'
import {ATTEMPT} from '../support/types/ask.ts'
import {TOKENS, textsFor} from '../support/types/texts.ts'
import {allTypes, OWN_TYPES} from '../support/types/types.ts'

const context = useServers()
const SEEDS = 300
const RECORDS = 30
/** Rows that are there before. */
const THERE = 3
const PART = 50

type Types = Awaited<ReturnType<typeof allTypes>>
let types: Types

beforeAll(async () => {
  await context.pool.query(OWN_TYPES)
  await context.pool.query(ATTEMPT)
  types = await withClient(context, async (client) => {
    const some: Types = []
    // Beside a type that takes no value at all, a wrong value would be a second fault, and either may be met first
    for (const type of await allTypes(client)) if (await takesValues(client, type.column)) some.push(type)
    return some
  })
  await context.pool.query(
    'CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent SELECT generate_series(1, 5)',
  )
})

async function takesValues(client: ClientBase, type: string): Promise<boolean> {
  const code = await client.query(`SELECT 'x'::${type}`).then(
    () => undefined,
    (error) => error.code,
  )
  return code !== '0A000'
}

interface Feed {
  lines: string[]
  sink: Partial<SinkOptions>
}

/**
 * A table of some types with constraints, and records for it of which many are wrong in some way. Whoever repeats a key
 * is right in everything else: whether such a record is refused or already there depends on which of the two comes first.
 */
async function makeFeed(table: string, pick: (n: number) => number): Promise<Feed> {
  const some = Array.from({length: 1 + pick(3)}, () => types[pick(types.length)])
  const columns = some.map(({column}, i) => `v${i} ${column}`)
  await context.pool.query(`CREATE TABLE ${table} (id int PRIMARY KEY, other int UNIQUE, must int NOT NULL,
    parent int REFERENCES parent, n int CHECK (n < 100), at timestamptz, ${columns.join(', ')})`)
  await context.pool.query(
    `INSERT INTO ${table} (id, other, must) SELECT 1000 + i, i, 0 FROM generate_series(1, ${THERE}) i`,
  )
  const values = some.map(({shape}) => [...TOKENS, ...textsFor(shape).map((text) => JSON.stringify(text))])
  const mapped = pick(2) === 0
  const record = (i: number): string => {
    if (pick(10) === 0) return `{"id":${pick(2) === 0 ? 1001 + pick(THERE) : 2000 + pick(3)},"must":${i}}`
    const parts = [`"id":${i}`]
    if (pick(20) > 0) parts.push(`"must":${pick(20) === 0 ? null : 1}`)
    // With two faults, either may be the first that is met
    const isTaken = pick(8) === 0
    if (pick(3) > 0) parts.push(`"other":${isTaken ? 1 + pick(THERE) : 1000 + i}`)
    if (!isTaken && pick(2) === 0) parts.push(`"parent":${1 + pick(7)}`)
    if (pick(3) === 0) parts.push(mapped ? `"deep":{"n":${pick(110)},"rest":1}` : `"n":${pick(110)}`)
    if (pick(3) === 0) parts.push(`"at":${['1764000000123', '"2026-01-01"', '"now"', '1e30'][pick(4)]}`)
    values.forEach((of, v) => {
      if (pick(5) > 0) parts.push(`"v${v}":${pick(3) === 0 ? 'null' : of[pick(of.length)]}`)
    })
    return `{${parts.join(',')}}`
  }
  const lines = Array.from({length: RECORDS}, (_, i) => {
    if (pick(25) === 0) return ['{"id":', '[1]', '{"x":1}', '{"id":1,"id":2}', '{}'][pick(5)]
    return record(i)
  })
  if (pick(2) === 0) lines.push(lines[pick(RECORDS)])
  const sink = mapped ? {map: {n: 'deep.n'}, time: {at: 'ms'} as const} : {}
  return {lines, sink: {...sink, records: 'none', strict: pick(6) === 0}}
}

/** Line → reason and code, by what check says. */
async function checked(table: string, {lines, sink}: Feed) {
  const opened = await testSink(context, table, sink)
  const refused: RefusedItem[] = []
  const stdin = Readable.from([Buffer.from(`${lines.join('\n')}\n`)])
  const source = await openSources({files: [], stdin, format: 'ndjson', maxBytes: 1_000_000})
  const report = await withClient(context, (trying) =>
    withClient(context, (looking) =>
      runCheck({trying, looking}, new Sinks([opened]), source, {
        ...{collapse: true, show: 100, signal: new AbortController().signal},
        onRefused: async (item) => void refused.push(item),
      }),
    ),
  )
  const {rows} = await context.pool.query(`SELECT count(*)::int AS n FROM ${table}`)
  expect(rows, 'nothing is written').toEqual([{n: THERE}])
  return {
    report,
    fates: new Map(refused.map(({line, reason, code}) => [lines[line - 1], `${reason} ${code}`])),
  }
}

/** The same by what a drain does. */
async function drained(table: string, {lines, sink}: Feed) {
  const {tally, letters} = await drainInto(context, table, [...new Set(lines)], {sink, drain: {batch: 100}})
  const fates = new Map(letters.map(({payload, reason, code}) => [String(payload), `${reason} ${code}`]))
  return {tally, fates}
}

describe('what check says of a feed is what a drain then does, record by record', () => {
  it.each(Array.from({length: SEEDS / PART}, (_, part) => part))(
    `seeds from ${PART} times %i`,
    {timeout: 300_000},
    async (part) => {
      let refused = 0
      for (let seed = part * PART; seed < (part + 1) * PART; seed++) {
        const table = `feed_${seed}`
        const feed = await makeFeed(table, randomInt(seed))
        const said = await checked(table, feed)
        const done = await drained(table, feed)
        const sorted = (fates: Map<string, string>) => [...fates].sort(([a], [b]) => (a < b ? -1 : 1))
        expect({seed, fates: sorted(said.fates)}).toEqual({seed, fates: sorted(done.fates)})
        const {inserted, alreadyThere, deadLettered, unknownKeyCount} = done.tally
        const {report} = said
        expect({seed, ...report}).toMatchObject({seed, inserted, alreadyThere, unknownKeyCount, unknown: 0})
        expect(new Set(said.fates.keys()).size).toBe(deadLettered)
        refused += deadLettered
        await context.pool.query(`DROP TABLE ${table}`)
      }
      expect(refused).toBeGreaterThan(PART)
    },
  )
})
