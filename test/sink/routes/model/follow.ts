import {expect} from 'vitest'
import type {SinkOptions} from '../../../../src/sink/sink.ts'
import type {Sinks} from '../../../../src/sink/sinks.ts'
import type {TestContext} from '../../../support/context.ts'
import {insertEach} from '../../../support/drain-into.ts'
import {drainRouted, routedSinks} from '../../../support/routed.ts'
import {randomInt} from '../../../support/seeded.ts'
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

export async function rowsOf(context: TestContext): Promise<Record<string, Row[]>> {
  const found: Record<string, Row[]> = {}
  for (const table of TABLES) {
    found[table] = (await context.pool.query<Row>(`SELECT * FROM ${table} ORDER BY id`)).rows
  }
  return found
}

/** Drains the feed of a random database lease by lease: the tables follow it, and nothing is refused. */
export async function follow(context: TestContext, seed: number): Promise<Record<string, number>> {
  const pick = randomInt(seed)
  const shape = randomShape(pick)
  const sinks = await openTables(context, shape, seed)
  const feed = new Feed(pick, shape)
  const counts: Record<string, number> = {}
  for (let lease = 0; lease < 6; lease++) {
    const changes = disordered(pick, feed.next(1 + pick(60)), shape)
    const {letters, tally} = await drainRouted(context, sinks, [{all: changes}])
    const why = `seed ${seed}, lease ${lease} ${JSON.stringify(shape)}\n${changes.map((one) => JSON.stringify(one)).join('\n')}`
    expect(letters, why).toEqual([])
    const found = await rowsOf(context)
    for (const table of TABLES) {
      const expected = [...feed.rows[table].values()].sort((a, b) => Number(a.id) - Number(b.id))
      expect(found[table], `${table}, ${why}`).toEqual(expected)
    }
    const {inserted, updated, deleted, alreadyGone, superseded, alreadyThere} = tally
    const sum = {inserted, updated, deleted, alreadyGone, superseded, alreadyThere}
    for (const [kind, n] of Object.entries(sum)) counts[kind] = (counts[kind] ?? 0) + n
  }
  return counts
}
