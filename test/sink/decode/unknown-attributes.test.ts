import {beforeAll, expect, it} from 'vitest'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../../support/context.ts'

const context = useServers()

beforeAll(() =>
  context.pool.query(`CREATE TYPE place AS (lat float8, lon float8);
CREATE TYPE address AS (street text, no int, at place);
CREATE DOMAIN home AS address CHECK ((VALUE).street <> '');
CREATE TYPE note AS (said text)`),
)

const RECORDS = [
  {id: 1, a: {street: 'x', no: 5, zip: '1'}},
  {id: 2, a: {Street: 'x', at: {lat: 1, alt: 2}}},
  {id: 3, l: [{street: 'y', zip: 2}, null, {no: 1}]},
  {id: 4, h: {street: 'z', at: {lon: 3}, x: {}}},
  {id: 5, n: {said: 'a', by: 'b'}},
  {id: 6, a: {street: 'x', no: null, at: null}, l: [], h: null, n: '(said)'},
]
const UNKNOWN = ['a.Street', 'a.at.alt', 'a.zip', 'h.x', 'l[].zip', 'n.by']

async function drained(options: Partial<SinkOptions>, keys: Record<string, string> = {}) {
  await context.pool.query(`DROP TABLE IF EXISTS t;
CREATE TABLE t (id int PRIMARY KEY, a address, l address[], h home, n note)`)
  const at = context.newQueue()
  const records = RECORDS.map((record) =>
    JSON.stringify(
      Object.fromEntries(Object.entries(record).map(([key, value]) => [keys[key] ?? key, value])),
    ),
  )
  await push(context, at.keys, records)
  const seen = new Set<string>()
  const observers = [
    {
      written: (
        _: unknown,
        {tables}: {tables: ReadonlyArray<{unknown: {names: ReadonlyMap<string, number>}}>},
      ) => {
        for (const {unknown} of tables) for (const name of unknown.names.keys()) seen.add(name)
      },
    },
  ]
  const tally = await drainAll(context, await testSink(context, 't', options), at, {
    observers,
    fuse: {share: 1, processes: 1},
  })
  const letters = await deadLetters(context, at.keys)
  return {
    tally,
    seen: [...seen].sort(),
    refused: letters.map(({code, message}) => `${code} ${message}`).sort(),
  }
}

it.each([
  ['by their keys', {}, {}],
  ['by a mapping', {map: {a: 'ship', n: 'ship2'}}, {a: 'ship', n: 'ship2'}],
])('what objects hold besides the attributes of their types is counted: %s', async (_, options, keys) => {
  const {tally, seen} = await drained(options, keys)
  expect(tally).toMatchObject({inserted: 6, deadLettered: 0})
  expect(seen).toEqual(UNKNOWN)
})

it.each([
  ['by their keys', {}, {}],
  ['by a mapping', {map: {a: 'ship', n: 'ship2'}}, {a: 'ship', n: 'ship2'}],
])('and refused with --strict: %s', async (_, options, keys) => {
  const {tally, refused} = await drained({...options, strict: true}, keys)
  expect(tally).toMatchObject({inserted: 1, deadLettered: 5})
  expect(refused.map((one) => /^UNKNOWN_KEY key "(.*?)"/.exec(one)?.[1])).toEqual([
    'a.Street',
    'a.zip',
    'h.x',
    'l[].zip',
    'n.by',
  ])
})
