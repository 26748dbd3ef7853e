import {describe, expect, it} from 'vitest'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()
let number = 0

/** The ways in which one lease can be written; the outcome must not depend on it. */
const WAYS = [
  {way: 'staged', careful: false, each: false},
  {way: 'as a set', careful: true, each: false},
  {way: 'one by one', careful: true, each: true},
]

async function upsert(
  sql: string,
  records: unknown[],
  {careful = false, each = false}: {careful?: boolean; each?: boolean} = {},
  sink: Partial<SinkOptions> = {},
) {
  const table = `u${++number}`
  await context.pool.query(sql.replaceAll('$t', table))
  const options = {sink: {onConflict: 'update' as const, ...sink}, careful, each}
  const {tally, letters, rows} = await drainInto(context, table, records, options)
  const {inserted, updated, alreadyThere, superseded, suppressed} = tally
  return {counts: [inserted, updated, alreadyThere, superseded, suppressed], letters, rows}
}

const KEYED = 'CREATE TABLE $t (id int PRIMARY KEY, seq int, name text)'

describe.each(WAYS)('records that update rows, written $way', (way) => {
  it('insert what is new and update what is there', async () => {
    const {counts, rows} = await upsert(
      `${KEYED}; INSERT INTO $t VALUES (1, 1, 'old'), (9, 9, 'other')`,
      [
        {id: 1, seq: 2, name: 'new'},
        {id: 2, seq: 1, name: 'first'},
      ],
      way,
    )
    expect(counts).toEqual([1, 1, 0, 0, 0])
    expect(rows).toEqual([
      {id: 1, seq: 2, name: 'new'},
      {id: 2, seq: 1, name: 'first'},
      {id: 9, seq: 9, name: 'other'},
    ])
  })

  it('let the last record of a key win, and count the others', async () => {
    const records = [5, 3, 4].map((seq) => ({id: 1, seq, name: `n${seq}`}))
    const {counts, rows} = await upsert(KEYED, [...records, {id: 2, seq: 1, name: 'b'}], way)
    expect(counts).toEqual([2, 0, 0, 2, 0])
    expect(rows).toEqual([
      {id: 1, seq: 4, name: 'n4'},
      {id: 2, seq: 1, name: 'b'},
    ])
  })

  it('are refused alone, also where they look plain and share a key with others', async () => {
    const {counts, letters, rows} = await upsert(
      'CREATE TABLE $t (id int PRIMARY KEY, a int CHECK (a > 0), b int)',
      [
        {id: 1, b: 1},
        {id: 1, a: -1},
        {id: 2, b: 2},
      ],
      way,
    )
    expect(letters).toMatchObject([{code: '23514'}])
    expect(counts).toEqual([2, 0, 0, 0, 0])
    expect(rows).toEqual([
      {id: 1, a: null, b: 1},
      {id: 2, a: null, b: 2},
    ])
  })

  it('let the newest record of a key win, and no older one than the row', async () => {
    const records = [
      {id: 1, seq: 5, name: 'newest'},
      {id: 1, seq: 3, name: 'older'},
      {id: 2, seq: 2, name: 'late'},
      {id: 3, seq: 7, name: 'same age'},
      {id: 4, seq: null, name: 'no age'},
      {id: 5, seq: 1, name: 'any age'},
      {id: 6, seq: null, name: 'fresh'},
      {id: 6, seq: 1, name: 'aged'},
    ]
    const {counts, rows} = await upsert(
      `${KEYED}; INSERT INTO $t VALUES (1, 4, 'row'), (2, 9, 'row'), (3, 7, 'row'), (4, 1, 'row'), (5, NULL, 'row')`,
      records,
      way,
      {newestBy: 'seq'},
    )
    expect(rows).toEqual([
      {id: 1, seq: 5, name: 'newest'},
      {id: 2, seq: 9, name: 'row'},
      {id: 3, seq: 7, name: 'row'},
      {id: 4, seq: 1, name: 'row'},
      {id: 5, seq: 1, name: 'any age'},
      {id: 6, seq: 1, name: 'aged'},
    ])
    expect(counts).toEqual([1, 2, 3, 2, 0])
  })

  it('leave columns that they do not give as they are', async () => {
    const {counts, rows} = await upsert(
      `CREATE TABLE $t (id int PRIMARY KEY, a int, b int DEFAULT 7, c int DEFAULT 8);
       INSERT INTO $t VALUES (1, 1, 1, 1), (2, 2, 2, 2)`,
      [
        {id: 1, a: 10},
        {id: 2, b: 20},
        {id: 3, c: 30},
        {id: 1, b: 11},
        {id: 4, a: 4},
        {id: 1, a: null},
        {id: 4, c: 44},
        {id: 4, c: 45},
      ],
      way,
    )
    expect(rows).toEqual([
      {id: 1, a: null, b: 11, c: 1},
      {id: 2, a: 2, b: 20, c: 2},
      {id: 3, a: null, b: 7, c: 30},
      {id: 4, a: 4, b: 7, c: 45},
    ])
    expect(counts).toEqual([2, 5, 0, 1, 0])
  })

  it('leave them as they are where a mapping makes the records', async () => {
    const {rows} = await upsert(
      `CREATE TABLE $t (id int PRIMARY KEY, a int, b int); INSERT INTO $t VALUES (1, 1, 1), (2, 2, 2)`,
      [
        {id: 1, a: 10},
        {id: 2, of: {b: 20}},
      ],
      way,
      {map: {b: 'of.b'}},
    )
    expect(rows).toEqual([
      {id: 1, a: 10, b: 1},
      {id: 2, a: 2, b: 20},
    ])
  })

  it('give no default to the column that says which is newer', async () => {
    const {counts, rows} = await upsert(
      `CREATE TABLE $t (id int PRIMARY KEY, seq int DEFAULT 100, name text DEFAULT 'usual');
       INSERT INTO $t VALUES (4, 1, 'row')`,
      [
        {id: 1, name: 'no age'},
        {id: 2, name: 'no age'},
        {id: 2, seq: 1},
        {id: 3, seq: 1, name: 'aged'},
        {id: 3},
        {id: 4},
        {id: 5, seq: null},
      ],
      way,
      {newestBy: 'seq'},
    )
    expect(rows).toEqual([
      {id: 1, seq: null, name: 'no age'},
      {id: 2, seq: 1, name: 'no age'},
      {id: 3, seq: 1, name: 'aged'},
      {id: 4, seq: 1, name: 'row'},
      {id: 5, seq: null, name: 'usual'},
    ])
    expect(counts).toEqual([4, 2, 1, 0, 0])
  })

  it('update only the columns that are named', async () => {
    const {rows} = await upsert(
      `${KEYED}; INSERT INTO $t VALUES (1, 1, 'old')`,
      [
        {id: 1, seq: 2, name: 'new'},
        {id: 2, seq: 2, name: 'new'},
      ],
      way,
      {updateColumns: ['seq']},
    )
    expect(rows).toEqual([
      {id: 1, seq: 2, name: 'old'},
      {id: 2, seq: 2, name: 'new'},
    ])
  })

  it('are already there where a table is all key', async () => {
    const {counts} = await upsert(
      'CREATE TABLE $t (a int, b text, PRIMARY KEY (a, b)); INSERT INTO $t VALUES (1, $$x$$)',
      [{a: 1, b: 'x'}, {a: 2, b: 'x'}, '{"a":2,"b":"x"} '],
      way,
    )
    expect(counts).toEqual([1, 0, 1, 1, 0])
  })

  it('are refused alone, with the newest good record of their key written', async () => {
    const {counts, letters, rows} = await upsert(
      `CREATE TABLE $t (id int PRIMARY KEY, seq int CHECK (seq < 100), email text UNIQUE);
       INSERT INTO $t VALUES (1, 1, 'a'), (2, 2, 'b')`,
      [
        {id: 1, seq: 2, email: 'a'},
        {id: 1, seq: 100, email: 'a'},
        {id: 2, seq: 3, email: 'a'},
        {id: 3, seq: 'x', email: 'c'},
        {id: null, seq: 1, email: 'd'},
        {id: 4, seq: 4, email: 'e'},
      ],
      way,
    )
    expect(rows).toEqual([
      {id: 1, seq: 2, email: 'a'},
      {id: 2, seq: 2, email: 'b'},
      {id: 4, seq: 4, email: 'e'},
    ])
    const codes = letters.map(({payload, code}) => [JSON.parse(String(payload)).id, code])
    expect(codes.sort()).toEqual(
      [
        [1, '23514'],
        [2, '23505'],
        [3, '22P02'],
        [null, '23502'],
      ].sort(),
    )
    expect(counts).toEqual([1, 1, 0, 0, 0])
  })

  it('take NULLs in a key for different keys, except where the key says otherwise', async () => {
    const records = [
      {a: 1, v: 1},
      {a: 1, v: 2},
      {a: 1, b: 5, v: 3},
      {a: 1, b: 5, v: 4},
    ].map((one) => ({
      b: null,
      ...one,
    }))
    const {counts} = await upsert('CREATE TABLE $t (a int, b int, v int, UNIQUE (a, b))', records, way)
    expect(counts).toEqual([3, 0, 0, 1, 0])
  })
})
