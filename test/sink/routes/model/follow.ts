import {expect} from 'vitest'
import type {SinkOptions} from '../../../../src/sink/sink.ts'
import type {Sinks} from '../../../../src/sink/sinks.ts'
import type {TestContext} from '../../../support/context.ts'
import {insertEach} from '../../../support/drain-into.ts'
import {drainRouted, routedSinks} from '../../../support/routed.ts'
import {randomInt} from '../../../support/seeded.ts'
import {type Bad, KEPT, spoil} from './bad.ts'
import {disordered, Feed} from './feed.ts'
import {type Row, randomShape, type Shape, TABLES, tablesSql} from './source.ts'

export const ROUTES = ['t=s:s', 't=l:l', 't=o:o']

/** Opens the tables of a shape, made anew, to be written in one of three ways. */
export async function openTables(context: TestContext, shape: Shape, seed: number): Promise<Sinks> {
  await context.pool.query(tablesSql(shape))
  const options: Partial<SinkOptions> = {
    ...{onConflict: 'update', opField: 'op', records: 'all'},
    ...(shape.newestBy ? {newestBy: 'seq'} : {}),
    ...(shape.isSoft ? {softDelete: `${context.schema}.o:gone`} : {}),
  }
  const sinks = await routedSinks(context, ROUTES, options)
  for (const sink of sinks.all) {
    if (seed % 3 === 1) sink.experience.copies.left = Number.POSITIVE_INFINITY
    if (seed % 3 === 2) insertEach(sink)
  }
  return sinks
}

/** An order that cannot go, since a table without a route refers to it. */
const KEPT_ROWS = `INSERT INTO o (id) VALUES (${KEPT}); CREATE TABLE kept (o int REFERENCES o); INSERT INTO kept VALUES (${KEPT})`

/** Since Postgres 18, RESTRICT has a code of its own. */
const FOREIGN: Record<string, string> = {FK: '23503', '23001': '23503'}

/** All rows but the one that stays. */
export async function rowsOf(context: TestContext): Promise<Record<string, Row[]>> {
  const found: Record<string, Row[]> = {}
  for (const table of TABLES) {
    found[table] = (
      await context.pool.query<Row>(`SELECT * FROM ${table} WHERE id <> ${KEPT} ORDER BY id`)
    ).rows
  }
  return found
}

/** Drains the feed of a random database lease by lease: the tables follow it, and nothing is refused but what is wrong. */
export async function follow(context: TestContext, seed: number): Promise<Record<string, number>> {
  const pick = randomInt(seed)
  const shape = randomShape(pick)
  const sinks = await openTables(context, shape, seed)
  await context.pool.query(KEPT_ROWS)
  const feed = new Feed(pick, shape)
  const counts: Record<string, number> = {}
  for (let lease = 0; lease < 6; lease++) {
    const right = disordered(pick, feed.next(1 + pick(60)), shape)
    const {changes, expected} = spoil(pick, right, {rows: feed.rows, shape, lease})
    const {letters, tally} = await drainRouted(context, sinks, [{all: changes}])
    const why = `seed ${seed}, lease ${lease} ${JSON.stringify(shape)}\n${changes.map((one) => JSON.stringify(one)).join('\n')}`
    assertLetters(letters, expected, why)
    const found = await rowsOf(context)
    for (const table of TABLES) {
      const rows = [...feed.rows[table].values()].sort((a, b) => Number(a.id) - Number(b.id))
      expect(found[table], `${table}, ${why}`).toEqual(rows)
    }
    for (const kind of KINDS) counts[kind] = (counts[kind] ?? 0) + tally[kind]
  }
  return counts
}

const KINDS = [
  'inserted',
  'updated',
  'deleted',
  'alreadyGone',
  'superseded',
  'alreadyThere',
  'deadLettered',
] as const

function assertLetters(
  letters: Array<Record<string, unknown>>,
  expected: Map<string, Bad>,
  why: string,
): void {
  const found = new Map<string, unknown>(
    letters.map(({payload, code}) => [
      JSON.parse(String(payload)).bad ?? String(payload),
      FOREIGN[String(code)] ?? code,
    ]),
  )
  const codes = [...expected].filter(([id, {isMaybe}]) => !isMaybe || found.has(id))
  expect(found, why).toEqual(new Map(codes.map(([id, {code}]) => [id, FOREIGN[code] ?? code])))
}
