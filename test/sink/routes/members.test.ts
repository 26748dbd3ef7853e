import {beforeEach, describe, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {drainRouted, routedSinks} from '../../support/routed.ts'

const ROUTES = ['points[]:points', 'flight:flights']

const context = useServers()

beforeEach(async () => {
  await context.pool.query(`DROP TABLE IF EXISTS points, flights`)
  await context.pool.query('CREATE TABLE flights (id uuid PRIMARY KEY, pilot text, seats int)')
  await context.pool.query(
    'CREATE TABLE points (flight_id uuid NOT NULL REFERENCES flights, n int, lat float8, UNIQUE (flight_id, n))',
  )
})

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const point = (flight: number, n: number, lat: unknown = 47) => ({flight_id: id(flight), n, lat})

async function rows(sql: string): Promise<string[]> {
  const {rows: found} = await context.pool.query({text: sql, rowMode: 'array'})
  return found.map((row) => row.join(' '))
}

const flights = () => rows('SELECT right(id::text, 2), pilot FROM flights ORDER BY 1')
const points = () => rows('SELECT right(flight_id::text, 2), n FROM points ORDER BY 1, 2')

describe.each(['set', 'rows'] as const)('an envelope that feeds two tables, keys checked by %s', (keys) => {
  const open = () => routedSinks(context, ROUTES, {foreignKeys: keys})

  it('is written into both, parents first, with one row in the ledger for a lease', async () => {
    const items = [1, 2, 3].map((n) => ({
      flight: {id: id(n), pilot: `p${n}`},
      points: [point(n, 1), point(n, 2)],
    }))
    const {at, tally, letters} = await drainRouted(context, await open(), items)
    expect(letters).toEqual([])
    expect(tally).toMatchObject({items: 3, inserted: 9, leases: 1})
    expect(await flights()).toEqual(['01 p1', '02 p2', '03 p3'])
    expect(await points()).toEqual(['01 1', '01 2', '02 1', '02 2', '03 1', '03 2'])
    const ledger = await context.pool.query(
      'SELECT sink, inserted FROM qtool.applied_lease WHERE queue = $1',
      [at.queue],
    )
    const {schema} = context
    expect(ledger.rows).toEqual([{sink: `${schema}.flights, ${schema}.points`, inserted: 9}])
  })

  it('loses only the child that is wrong', async () => {
    const items = [{flight: {id: id(1)}, points: [point(1, 1), point(1, 2, 'north'), point(1, 3)]}]
    const {tally, letters} = await drainRouted(context, await open(), items)
    expect(tally).toMatchObject({inserted: 3, deadLettered: 1})
    expect(letters).toMatchObject([{reason: 'invalid', column: 'lat', table: `${context.schema}.points`}])
    expect(await points()).toEqual(['01 1', '01 3'])
  })

  it('loses the children with a parent that is wrong, and says so', async () => {
    const items = [
      {flight: {id: id(1), seats: 'two'}, points: [point(1, 1), point(1, 2)]},
      {flight: {id: id(2)}, points: [point(2, 1), point(9, 2)]},
    ]
    const {tally, letters} = await drainRouted(context, await open(), items)
    expect(tally).toMatchObject({inserted: 2, deadLettered: 4})
    const {schema} = context
    const said = letters.map(({table, reason, code, payload}) => ({table, reason, code, payload}))
    const refused = {table: `${schema}.points`, reason: 'foreign_key', code: 'PARENT_REFUSED'}
    expect(said).toHaveLength(4)
    expect(said).toEqual(
      expect.arrayContaining([
        {
          table: `${schema}.flights`,
          reason: 'invalid',
          code: '22P02',
          payload: JSON.stringify({flight: items[0].flight}),
        },
        {...refused, payload: JSON.stringify({points: [point(1, 1)]})},
        {...refused, payload: JSON.stringify({points: [point(1, 2)]})},
        {...refused, code: '23503', payload: JSON.stringify({points: [point(9, 2)]})},
      ]),
    )
    const child = letters.find(({code}) => code === 'PARENT_REFUSED')
    expect(child?.message).toBe(`its parent in ${schema}.flights was refused: invalid (22P02)`)
    expect(child?.detail).toMatch(/"two"$/)
    expect(new Set(letters.map((letter) => letter.id)).size).toBe(4)
    expect(await flights()).toEqual(['02 '])
  })

  it('takes children whose parent is refused now but in the table already', async () => {
    await context.pool.query('INSERT INTO flights VALUES ($1)', [id(1)])
    const items = [{flight: {id: id(1), seats: 'two'}, points: [point(1, 1)]}]
    const {letters} = await drainRouted(context, await open(), items)
    expect(letters).toMatchObject([{reason: 'invalid', table: `${context.schema}.flights`}])
    expect(await points()).toEqual(['01 1'])
  })

  it('comes back whole from its dead letters, with nothing doubled', async () => {
    const sinks = await open()
    const bad = {flight: {id: id(1), seats: 'two'}, points: [point(1, 1), point(1, 2)]}
    const {letters} = await drainRouted(context, sinks, [bad])
    const again = letters.map(({payload}) => String(payload).replace('"two"', '2'))
    const second = await drainRouted(context, sinks, again)
    expect(second.letters).toEqual([])
    expect(second.tally).toMatchObject({inserted: 3, alreadyThere: 0})
    expect(await flights()).toEqual(['01 '])
    expect(await points()).toEqual(['01 1', '01 2'])
  })

  it('counts what is already there in each table', async () => {
    const sinks = await open()
    const item = {flight: {id: id(1)}, points: [point(1, 1)]}
    await drainRouted(context, sinks, [item])
    const more = {flight: {id: id(1)}, points: [point(1, 1), point(1, 2)]}
    const {tally, letters} = await drainRouted(context, sinks, [more])
    expect(letters).toEqual([])
    expect(tally).toMatchObject({inserted: 1, alreadyThere: 2})
  })

  it('waits with its parent for a grandparent, and goes with it', async () => {
    await context.pool.query('CREATE TABLE IF NOT EXISTS clubs (name text PRIMARY KEY)')
    await context.pool.query('ALTER TABLE flights ADD club text REFERENCES clubs')
    const items = [{flight: {id: id(1), club: 'north'}, points: [point(1, 1)]}]
    const foreignKeys = {retries: 2, delayMs: 10}
    const {tally, letters} = await drainRouted(context, await open(), items, {foreignKeys})
    expect(tally).toMatchObject({postponed: 4, deadLettered: 2})
    expect(letters.map(({code}) => code).sort()).toEqual(['23503', 'PARENT_REFUSED'])
  })
})

it.each([
  ['{"points":null,"flight":null}', 'NO_ROUTE', 'it has no "points" and has no "flight"'],
  ['{"other":1}', 'NO_ROUTE', 'it has no "points" and has no "flight"'],
  ['{"points":{}}', 'SHAPE', 'expected a JSON array in "points"'],
  ['{"flight":[1]}', 'SHAPE', 'expected a JSON object in "flight"'],
  ['{"points":[7]}', 'SHAPE', 'expected a JSON object in the envelope'],
  ['{"points":[', 'JSON', ''],
])('an item that fits no route is a dead letter with its own bytes: %s', async (text, code, message) => {
  const {tally, letters} = await drainRouted(context, await routedSinks(context, ROUTES), [text])
  expect(tally).toMatchObject({inserted: 0, deadLettered: 1})
  expect(letters).toMatchObject([{code, payload: text}])
  expect(letters[0].message).toContain(message)
})

it('an empty list holds no record', async () => {
  const {tally} = await drainRouted(context, await routedSinks(context, ROUTES), ['{"points":[]}'])
  expect(tally).toMatchObject({empty: 1, deadLettered: 0})
})

it('tables that refer to each other are refused before anything is taken', async () => {
  await context.pool.query('ALTER TABLE flights ADD best int UNIQUE, ADD last uuid')
  await context.pool.query('ALTER TABLE points ADD UNIQUE (flight_id)')
  await context.pool.query(
    'ALTER TABLE flights ADD CONSTRAINT last_flown FOREIGN KEY (last) REFERENCES points (flight_id)',
  )
  await expect(routedSinks(context, ROUTES)).rejects.toMatchObject({
    code: 'ROUTE_CIRCLE',
    kind: 'refused',
    message: expect.stringContaining('last_flown'),
  })
})
