import {beforeAll, describe, expect, it} from 'vitest'
import {deadLetters, drainAll, push, testSink, useServers, withClient} from '../../support/context.ts'
import {CORPUS, CORPUS_TABLES} from '../../support/corpus.ts'
import {isItem} from '../../support/second-reader.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query(CORPUS_TABLES)
})

/** A small seeded generator, so that a failure can be repeated. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Flips one byte, doubles one token, or cuts off the end. */
function mutate(line: Buffer, random: (below: number) => number): Buffer {
  const at = random(line.length)
  const kind = random(3)
  if (kind === 0) return line.subarray(0, at)
  if (kind === 1) {
    const copy = Buffer.from(line)
    copy[at] ^= 1 << random(8)
    return copy
  }
  const tokens = line.toString('latin1').split(/([{}[\],:])/)
  const double = random(tokens.length)
  tokens.splice(double, 0, tokens[double])
  return Buffer.from(tokens.join(''), 'latin1')
}

describe('mutated lines', () => {
  const random = randomFrom(20261124)
  const seeds = CORPUS.filter((entry) => entry.verdict === 'stored').map((entry) => entry.line)
  const lines = Array.from({length: 1500}, () => mutate(seeds[random(seeds.length)], random))
  const distinct = [...new Map(lines.map((line) => [line.toString('latin1'), line])).values()].filter(
    (line) => line.length > 0,
  )

  it('end stored or dead-lettered, each exactly once, whoever pushed them', async () => {
    const at = context.newQueue()
    await push(context, at.keys, distinct)
    const tally = await drainAll(context, await testSink(context, 'c'), at, {workers: 2, batch: 200})
    expect(tally.inserted + tally.alreadyThere + tally.deadLettered).toBe(distinct.length)
    const letters = await deadLetters(context, at.keys)
    const refused = distinct.filter((line) => !isItem(line))
    expect(letters.filter((letter) => letter.reason === 'malformed')).toHaveLength(refused.length)
  })

  it('are stored with the values that Postgres itself reads from the text', async () => {
    await context.pool.query('CREATE TABLE c_copy (LIKE c INCLUDING ALL)')
    const good = distinct.filter(isItem)
    const at = context.newQueue()
    await push(context, at.keys, good)
    await drainAll(context, await testSink(context, 'c_copy'), at)
    let compared = 0
    for (const line of good) {
      const wanted = await readByPostgres(line)
      if (!wanted) continue
      const {rows} = await context.pool.query(
        'SELECT to_jsonb(c_copy)::text AS row FROM c_copy WHERE id = $1',
        [wanted.id],
      )
      if (rows.length === 0) continue
      if ((await sameId(good, wanted.id)) > 1) continue
      expect(rows[0].row).toBe(wanted.row)
      compared++
    }
    expect(compared).toBeGreaterThan(10)
  })

  /** The row that json_to_record makes of a text; undefined if it fails. */
  async function readByPostgres(line: Buffer): Promise<{id: string; row: string} | undefined> {
    try {
      const {rows} = await context.pool.query(
        'SELECT r.id, to_jsonb(r)::text AS row FROM json_populate_record(NULL::c, $1::json) r',
        [line],
      )
      return rows[0].id ? rows[0] : undefined
    } catch {
      return undefined
    }
  }

  async function sameId(lines: Buffer[], id: string): Promise<number> {
    return lines.filter((line) => line.toString('latin1').toLowerCase().includes(id)).length
  }
})

describe('the two lanes', () => {
  it('write the same rows', async () => {
    await context.pool.query(`CREATE TABLE fast (id int, b boolean, t text, v varchar(5), f float8, n numeric(8,3), ts timestamptz, d date, u uuid, j jsonb, k json);
      CREATE TABLE slow (LIKE fast)`)
    const records = [
      `{"id":1,"b":true,"t":"plain","v":"abcde","f":-1.5,"n":12.3456,"ts":"2026-01-02T03:04:05.678+02:00","d":"2024-02-29","u":"9D2C8B1A-0000-4000-8000-00000000000A","j":{"a":[1,"x\\ty"]},"k":{ "keep" : 1 }}`,
      `{"id":2,"b":false,"t":"tab\\t nl\\n cr\\r bs\\\\ q\\" /\\/ é \\u00e9 \\ud83d\\ude00","v":"é","f":1e-7,"n":-0.0005,"ts":"2026-01-02 03:04:05","d":null,"j":"s","k":null}`,
      `{"id":"3","t":4.50,"v":true,"f":"2.5","n":"7","ts":"2026-01-02","j":[],"k":-0}`,
      `{"\\u0069d":6,"t":""}`,
    ]
    for (const [table, carefulLeft] of [
      ['fast', 0],
      ['slow', 1000],
    ] as const) {
      const at = context.newQueue()
      await push(context, at.keys, records)
      const sink = await testSink(context, table)
      sink.experience.copies.left = carefulLeft
      const tally = await drainAll(context, sink, at, {workers: 1})
      expect(tally).toMatchObject({inserted: 4, deadLettered: 0})
    }
    const read = (table: string) =>
      withClient(
        context,
        async (client) => (await client.query(`SELECT ${table}::text AS row FROM ${table} ORDER BY id`)).rows,
      )
    const fast = await read('fast')
    expect(fast).toEqual(await read('slow'))
    expect(fast[0].row).toContain('""keep"" : 1')
  })
})
