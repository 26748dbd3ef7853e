import pg from 'pg'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import {Items} from '../../../src/record/items.ts'
import {plainItems} from '../../../src/record/payload/read-items.ts'
import {findByConverting} from '../../../src/sink/judge/conversion-faults.ts'
import {openSink} from '../../../src/sink/sink.ts'

const name = `loop_${process.pid}_${Date.now()}`
const role = `${name}_role`
const admin = new pg.Client(inject('databaseUrl'))
/** A database in which the role may not use PL/pgSQL, and the superuser may as long as the language is there. */
const url = new URL(inject('databaseUrl'))
url.pathname = name

beforeAll(async () => {
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`)
  await admin.query(`CREATE ROLE ${role}`)
  await connected('superuser', (client) =>
    client.query(`REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
CREATE TYPE "odd $qtool$ 'mood" AS ENUM ('glad', 'sad'); CREATE DOMAIN share AS numeric(4, 2) CHECK (VALUE < 10) NOT NULL;
CREATE TYPE pair AS (a int, b date);
CREATE TABLE t (id int, "it's" varchar(3), mood "odd $qtool$ 'mood", share share, pair pair, list int[], doc jsonb, n int);
GRANT ALL ON t TO ${role}`),
  )
})

afterAll(async () => {
  await admin.query(`DROP DATABASE ${name}`)
  await admin.query(`DROP ROLE ${role}`)
  await admin.end()
})

async function connected<T>(as: 'superuser' | 'role', use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url.href,
    options: `-c TimeZone=UTC${as === 'role' ? ` -c role=${role}` : ''}`,
  })
  await client.connect()
  return use(client).finally(() => client.end())
}

/** The faults found in these records, which give every column of the table, and the number of statements needed. */
async function find(client: pg.Client, records: unknown[]) {
  const sink = await openSink(client, {
    table: 't',
    rename: {},
    records: 'points',
    strict: false,
    allowSpecialValues: true,
  })
  const lease = sink.decoder.decode(
    plainItems(Items.from(records.map((one) => Buffer.from(JSON.stringify(one))))),
    'careful',
  )
  const set = sink.recordset({columns: sink.table.columns.map((_, i) => i)})
  let statements = 0
  const counting = new Proxy(client, {
    get(target, key) {
      if (key === 'query') statements++
      const value = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  await client.query('BEGIN')
  const all = records.map((_, record) => record)
  const faults = await findByConverting(counting, sink, set, lease, all, [...set.columns.keys()])
  const {rows} = await client.query(`SELECT current_setting('qtool.records', true) AS left`)
  await client.query('ROLLBACK')
  expect(rows[0].left ?? '', 'nothing stays in the transaction').toBe('')
  const found = faults.map(({record, column, error}) => {
    const {code, message, detail} = error
    return [record, set.columns[column].name, code, message, detail ?? null]
  })
  return {statements, found: found.sort(([a], [b]) => Number(a) - Number(b))}
}

const good = {
  id: 1,
  "it's": 'abc',
  mood: 'sad',
  share: 9.5,
  pair: {a: 1, b: '2026-01-01'},
  list: [1],
  doc: {},
  n: 1,
}
const RECORDS = [
  good,
  {...good, id: 'x', n: 'y'},
  {...good, "it's": 'abcd'},
  {...good, mood: "o'\\dd"},
  {...good, share: 10},
  {...good, share: null},
  good,
  {...good, pair: {a: 1, b: '2026-02-30'}},
  {...good, list: [1, 'two'], n: null},
  {...good, list: '{1'},
  {...good, n: 2 ** 31},
]
const FOUND = [
  [1, 'id', '22P02', 'invalid input syntax for type integer: "x"', null],
  [2, "it's", '22001', 'value too long for type character varying(3)', null],
  [3, 'mood', '22P02', `invalid input value for enum "odd $qtool$ 'mood": "o'\\dd"`, null],
  [4, 'share', '23514', 'value for domain share violates check constraint "share_check"', null],
  [5, 'share', '23502', 'domain share does not allow null values', null],
  [7, 'pair', '22008', 'date/time field value out of range: "2026-02-30"', null],
  [8, 'list', '22P02', 'invalid input syntax for type integer: "two"', null],
  [9, 'list', '22P02', 'malformed array literal: "{1"', 'Unexpected end of input.'],
  [10, 'n', '22003', 'value "2147483648" is out of range for type integer', null],
]

describe('values that their columns cannot take are found with what Postgres says of them', () => {
  it('by a loop on the server', () =>
    connected('superuser', async (client) => {
      const {found, statements} = await find(client, RECORDS)
      expect(found).toEqual(FOUND)
      expect(statements).toBeLessThan(FOUND.length)
    }))

  it('by halving, where the role may not use PL/pgSQL', () =>
    connected('role', async (client) => {
      expect((await find(client, RECORDS)).found).toEqual(FOUND)
    }))

  it('by halving, where the database has no PL/pgSQL', () =>
    connected('superuser', async (client) => {
      await client.query('DROP EXTENSION plpgsql')
      const {found} = await find(client, RECORDS)
      await client.query('CREATE EXTENSION plpgsql')
      expect(found).toEqual(FOUND)
    }))
})

it('ten faults and a thousand cost the same number of statements', () =>
  connected('superuser', async (client) => {
    const some = (bad: number) =>
      Array.from({length: 2000}, (_, i) => ({...good, [i % 3 ? 'n' : 'list']: i < bad ? 'x' : null}))
    const [few, many] = [await find(client, some(10)), await find(client, some(1000))]
    expect([few.found.length, many.found.length]).toEqual([10, 1000])
    expect(many.statements).toBe(few.statements)
  }))
