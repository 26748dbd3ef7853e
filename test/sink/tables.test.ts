import {describe, expect, it} from 'vitest'
import {deadLetters, drainAll, push, testSink, useServers} from '../support/context.ts'

const context = useServers()

/** Creates a table, drains records into it, and returns the outcome. */
async function drainInto(sql: string, table: string, records: unknown[], options = {}) {
  await context.pool.query(sql)
  const at = context.newQueue()
  await push(
    context,
    at.keys,
    records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))),
  )
  const tally = await drainAll(context, await testSink(context, table, options), at, {workers: 1})
  const letters = await deadLetters(context, at.keys)
  const {rows} = await context.pool.query(`SELECT * FROM ${table} ORDER BY 1`)
  return {tally, rows, letters, codes: letters.map((letter) => letter.code).sort()}
}

describe('tables that qtool has never seen', () => {
  it('leaves defaults, generated and identity columns to Postgres', async () => {
    const {rows, letters} = await drainInto(
      `CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, sku text NOT NULL, quantity int DEFAULT 1, price numeric(10,2),
        total numeric GENERATED ALWAYS AS (quantity * price) STORED, note text DEFAULT 'none')`,
      'orders',
      [
        {sku: 'a', quantity: 2, price: 1.5},
        {sku: 'b', price: 3, note: null},
        {sku: 'c', price: '4.25', note: 'x', id: 99, total: 1},
      ],
    )
    expect(letters).toEqual([])
    expect(rows.map((row) => [row.sku, row.quantity, row.total, row.note])).toEqual([
      ['a', 2, '3.00', 'none'],
      ['b', 1, '3.00', null],
      ['c', 1, '4.25', 'x'],
    ])
  })

  it('checks composite, self-referencing and several foreign keys', async () => {
    const {rows, letters} = await drainInto(
      `CREATE TABLE region (country text, code int, PRIMARY KEY (country, code)); INSERT INTO region VALUES ('ch', 1);
       CREATE TABLE kind (name varchar(10) PRIMARY KEY); INSERT INTO kind VALUES ('club');
       CREATE TABLE node (id int PRIMARY KEY, parent int REFERENCES node, country text, code int, kind varchar(10) REFERENCES kind,
         FOREIGN KEY (country, code) REFERENCES region)`,
      'node',
      [
        {id: 1, country: 'ch', code: 1, kind: 'club'},
        {id: 2, parent: 1},
        {id: 3, parent: 2, country: 'ch'},
        {id: 4, parent: 99},
        {id: 5, parent: 4},
        {id: 6, country: 'ch', code: 2},
        {id: 7, kind: 'hotel'},
      ],
    )
    expect(rows.map((row) => row.id)).toEqual([1, 2, 3])
    expect(
      letters
        .map((letter) => [JSON.parse(String(letter.payload)).id, letter.reason, letter.constraint])
        .sort(),
    ).toEqual([
      [4, 'foreign_key', 'node_parent_fkey'],
      [5, 'foreign_key', 'node_parent_fkey'],
      [6, 'foreign_key', 'node_country_code_fkey'],
      [7, 'foreign_key', 'node_kind_fkey'],
    ])
    expect(letters.find((letter) => letter.constraint === 'node_country_code_fkey')?.detail).toBe(
      'Key (country, code)=(ch, 2) is not present in table "region".',
    )
  })

  it('takes arrays, jsonb, enums, domains and numerics, and refuses what breaks their checks', async () => {
    const {rows, codes, letters} = await drainInto(
      `CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN share AS numeric(5,2) CHECK (VALUE BETWEEN 0 AND 100);
       CREATE TABLE mixed (id int PRIMARY KEY, tags text[], doc jsonb, mood mood, part share, size int CHECK (size > 0))`,
      'mixed',
      [
        {id: 1, tags: ['a', 'b"c', null], doc: {deep: [1, {x: null}]}, mood: 'good', part: 12.345, size: 1},
        '{"id":2,"doc":[1,2],"tags":[]}',
        {id: 3, mood: 'ugly'},
        {id: 4, part: 100.5},
        {id: 5, size: 0},
        {id: 6, tags: 'no array'},
        {id: 7, doc: 'text'},
      ],
    )
    expect(rows.map((row) => row.id)).toEqual([1, 2, 7])
    expect(rows[0]).toMatchObject({
      tags: ['a', 'b"c', null],
      doc: {deep: [1, {x: null}]},
      mood: 'good',
      part: '12.35',
    })
    expect(rows[2].doc).toBe('text')
    expect(codes).toEqual(['22P02', '22P02', '23514', '23514'])
    expect(letters.find((letter) => letter.constraint === 'mixed_size_check')?.message).toBe(
      'new row for relation "mixed" violates check constraint "mixed_size_check"',
    )
  })

  it('routes to partitions and dead-letters what none of them takes', async () => {
    const {tally, codes} = await drainInto(
      `CREATE TABLE log (day date NOT NULL, text text) PARTITION BY RANGE (day);
       CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`,
      'log',
      [
        {day: '2026-05-01', text: 'a'},
        {day: '2026-05-01', text: 'b'},
        {day: '2031-01-01', text: 'c'},
        {day: 'today'},
      ],
    )
    expect(tally.inserted).toBe(2)
    expect(codes).toEqual(['23514', 'TS_FORMAT'])
  })

  it('writes every record of a table without any unique key', async () => {
    const {tally, rows} = await drainInto('CREATE TABLE plain (a int, b text)', 'plain', [
      '{"a":1,"b":"x"}',
      '{"a":1,"b":"x"} ',
      {a: 2},
    ])
    expect(rows).toHaveLength(3)
    expect(tally).toMatchObject({inserted: 3, alreadyThere: 0, deadLettered: 0})
  })

  it('counts rows that are there already, within a lease and across leases', async () => {
    const {tally} = await drainInto(
      `CREATE TABLE uniq (id int PRIMARY KEY, b text); INSERT INTO uniq VALUES (1, 'old')`,
      'uniq',
      [{id: 1, b: 'new'}, {id: 2, b: 'a'}, {id: 2, b: 'b'}, {id: 3}],
    )
    expect(tally).toMatchObject({inserted: 2, alreadyThere: 2, deadLettered: 0})
  })

  it('renames keys, reads a nested envelope, and refuses unknown keys when strict', async () => {
    const {rows, letters} = await drainInto(
      'CREATE TABLE renamed ("Odd name" int, b text)',
      'renamed',
      [{data: {rows: [{o: 1, b: 'x'}, {o: 2, b: 'y', more: 1}, 5]}}],
      {rename: {o: 'Odd name'}, records: 'data.rows', strict: true},
    )
    expect(rows).toEqual([{'Odd name': 1, b: 'x'}])
    expect(letters.map((letter) => [letter.code, letter.payload])).toEqual([
      ['UNKNOWN_KEY', '{"o":2,"b":"y","more":1}'],
      ['SHAPE', '5'],
    ])
  })

  it('accounts for rows that a trigger drops, and for a trigger that refuses', async () => {
    const {tally, codes} = await drainInto(
      `CREATE TABLE guarded (a int);
       CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF NEW.a = 1 THEN RETURN NULL; END IF;
         IF NEW.a = 2 THEN RAISE EXCEPTION 'two is not welcome'; END IF; RETURN NEW; END $$;
       CREATE TRIGGER guard BEFORE INSERT ON guarded FOR EACH ROW EXECUTE FUNCTION guard()`,
      'guarded',
      [{a: 1}, {a: 2}, {a: 3}],
    )
    expect(tally).toMatchObject({inserted: 1, alreadyThere: 0, suppressed: 1, deadLettered: 1})
    expect(codes).toEqual(['P0001'])
  })

  it('checks deferred constraints before the commit', async () => {
    const {tally, codes} = await drainInto(
      `CREATE TABLE later_parent (id int PRIMARY KEY);
       CREATE TABLE later (id int, parent int REFERENCES later_parent DEFERRABLE INITIALLY DEFERRED)`,
      'later',
      [{id: 1}, {id: 2, parent: 7}],
    )
    expect(tally).toMatchObject({inserted: 1, deadLettered: 1})
    expect(codes).toEqual(['23503'])
  })

  it('finds the culprits by halving where the server cannot judge values, as before Postgres 16', async () => {
    await context.pool.query('CREATE TABLE halved (a int PRIMARY KEY, b float8, c timestamptz)')
    const at = context.newQueue()
    const bad = [
      '{"a":"x"}',
      '{"a":1001,"b":"north"}',
      '{"b":1}',
      '{"a":1002,"c":"now"}',
      '{"a":1003,"c":"2024-02-30"}',
    ]
    await push(context, at.keys, [...Array.from({length: 300}, (_, a) => `{"a":${a},"b":1e3}`), ...bad])
    const sink = await testSink(context, 'halved')
    Object.assign(sink, {judgesTypes: false})
    const tally = await drainAll(context, sink, at, {workers: 1})
    expect(tally).toMatchObject({inserted: 300, deadLettered: bad.length})
    const letters = await deadLetters(context, at.keys)
    expect(letters.map((letter) => letter.code).sort()).toEqual([
      '22008',
      '22P02',
      '22P02',
      '23502',
      'TS_FORMAT',
    ])
  })
})
