import {beforeAll, describe, expect, it} from 'vitest'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../../support/context.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query(`
    CREATE DOMAIN moment AS timestamp;
    CREATE DOMAIN moments AS moment[];
    CREATE DOMAIN share AS float8 CHECK (value >= 0);
    CREATE TYPE stay AS (note text, arrived timestamp, amounts numeric[], "odd,""name" date);
    CREATE DOMAIN long_stay AS stay;
    CREATE TABLE v (id int PRIMARY KEY, ts timestamp, tz timestamptz, d date, t time, ttz timetz, m moment,
      i int, n numeric, f float8, s share, tss timestamp[], ms moments, ds date[], fs float8[],
      r tsrange, dr daterange, nr numrange, mr tsmultirange, c stay, lc long_stay, cs stay[], iv interval, p point, x xid, xx xid8[], o oid)`)
})

/** Writes one record through both lanes. @returns the column's value then, or the code and message of the letter */
async function write(column: string, json: string, options: Partial<SinkOptions> = {}): Promise<string> {
  const found: string[] = []
  for (const carefulLeft of [0, 1000]) {
    await context.pool.query('TRUNCATE v')
    const at = context.newQueue()
    await push(context, at.keys, [`{"id":1,"${column}":${json}}`])
    const sink = await testSink(context, 'v', options)
    sink.experience.copies.left = carefulLeft
    await drainAll(context, sink, at, {workers: 1})
    const [letter] = await deadLetters(context, at.keys)
    if (letter) {
      expect(letter).toMatchObject({reason: 'invalid', column, payload: `{"id":1,"${column}":${json}}`})
      found.push(`${letter.code} ${letter.message}`)
    } else {
      const {rows} = await context.pool.query(`SELECT ${column}::text AS value FROM v`)
      found.push(rows[0].value)
    }
  }
  expect(found[1]).toBe(found[0])
  return found[0]
}

describe('a time with an offset, in a column without one, is stored as UTC', () => {
  it.each([
    ['ts', '"2026-01-02T12:00:00+05:00"', '2026-01-02 07:00:00'],
    ['ts', '"2026-01-02T12:00:00\\u002B05:00"', '2026-01-02 07:00:00'],
    ['ts', '"2026-01-01 00:30:00.25-01"', '2026-01-01 01:30:00.25'],
    ['ts', '"2026-01-02T12:00:00Z"', '2026-01-02 12:00:00'],
    ['ts', '"2026-01-02T12:00:00+00:00"', '2026-01-02 12:00:00'],
    ['ts', '"2026-01-02T12:00:00"', '2026-01-02 12:00:00'],
    ['m', '"2026-01-02T12:00:00+05:00"', '2026-01-02 07:00:00'],
    ['tz', '"2026-01-02T12:00:00+05:00"', '2026-01-02 07:00:00+00'],
    [
      'tss',
      '["2026-01-02T12:00:00+05:00",null,"2026-01-02T12:00:00"]',
      '{"2026-01-02 07:00:00",NULL,"2026-01-02 12:00:00"}',
    ],
    [
      'tss',
      '[["2026-01-02T12:00:00+05:00"],["2026-01-02T12:00:00-05"]]',
      '{{"2026-01-02 07:00:00"},{"2026-01-02 17:00:00"}}',
    ],
    ['tss', '"{2026-01-02 12:00+05,NULL}"', '{"2026-01-02 07:00:00",NULL}'],
    ['ms', '["2026-01-02T12:00:00+05:00"]', '{"2026-01-02 07:00:00"}'],
    ['r', '"[2026-01-02 12:00+05,2026-01-03 12:00+05)"', '["2026-01-02 07:00:00","2026-01-03 07:00:00")'],
    ['r', '["2026-01-02T12:00+05","2026-01-03"]', '["2026-01-02 07:00:00","2026-01-03 00:00:00"]'],
    ['mr', '"{[2026-01-02 12:00+05,),empty}"', '{["2026-01-02 07:00:00",)}'],
    [
      'c',
      '{"note":"12:00+05 now","arrived":"2026-01-02T12:00:00+05:00"}',
      '("12:00+05 now","2026-01-02 07:00:00",,)',
    ],
    [
      'c',
      '"(\\"2026-01-02T12:00+05\\",2026-01-02T12:00+05,,)"',
      '(2026-01-02T12:00+05,"2026-01-02 07:00:00",,)',
    ],
    ['lc', '{"arrived":"2026-01-02T12:00:00+05:00"}', '(,"2026-01-02 07:00:00",,)'],
    ['cs', '[{"arrived":"2026-01-02T12:00:00+05:00"}]', '{"(,\\"2026-01-02 07:00:00\\",,)"}'],
    ['cs', '"{\\"(,2026-01-02 12:00+05,,)\\"}"', '{"(,\\"2026-01-02 07:00:00\\",,)"}'],
  ])('%s %s', async (column, json, stored) => {
    expect(await write(column, json)).toBe(stored)
    expect(await write(column, json, {allowSpecialValues: true})).toBe(stored)
  })
})

describe('what is meant is taken as it is', () => {
  it.each([
    ['ttz', '"06:30:00+02"', '06:30:00+02'],
    ['ttz', '"06:30:00+05:30"', '06:30:00+05:30'],
    ['ttz', '"06:30\\u002b02"', '06:30:00+02'],
    ['ttz', '"06:30"', '06:30:00+00'],
    ['tz', '"2026-01-02T12:00:00\\u002B00:00"', '2026-01-02 12:00:00+00'],
    ['tz', '"\\u0032026-01-02"', '2026-01-02 00:00:00+00'],
    ['tz', '"0044-03-15 12:00:00+00 BC"', '0044-03-15 12:00:00+00 BC'],
    ['tz', '"12026-03-15T12:00:00Z"', '12026-03-15 12:00:00+00'],
    ['d', '"2026\\u002d01-02"', '2026-01-02'],
    ['i', '"\\u0031"', '1'],
    ['n', '"1e3"', '1000'],
    ['n', '" 5 "', '5'],
    ['f', '"-1.5E-3"', '-0.0015'],
    ['c', '"(now,,,)"', '(now,,,)'],
    ['c', '{"note":"NaN","odd,\\"name":"2026-01-02"}', '(NaN,,,2026-01-02)'],
    ['ds', '"[2:3]={2026-01-02,2026-01-03}"', '[2:3]={2026-01-02,2026-01-03}'],
    ['nr', '[1,5]', '[1,5]'],
    ['nr', '"(,5)"', '(,5)'],
    ['r', '"empty"', 'empty'],
    ['iv', '"PT90M"', '01:30:00'],
    ['iv', '90', '00:01:30'],
    ['p', '"(1,2)"', '(1,2)'],
    ['x', '4294967295', '4294967295'],
    ['xx', '["0",18446744073709551615]', '{0,18446744073709551615}'],
    ['o', '"10"', '10'],
  ])('%s %s', async (column, json, stored) => {
    expect(await write(column, json)).toBe(stored)
  })
})

const TIMESTAMP = 'expected an ISO 8601 timestamp such as 2026-11-24T06:30:00Z'

describe('what Postgres would take but nobody means is a dead letter, with an example of its own type', () => {
  it.each([
    ['tz', '"now"', `TS_FORMAT ${TIMESTAMP} in "tz", got "now"`],
    ['tz', '"\\u006eow"', `TS_FORMAT ${TIMESTAMP} in "tz", got "now"`],
    ['tz', '1764000000', `TS_FORMAT ${TIMESTAMP} in "tz", got "1764000000"`],
    ['ts', '"Jan 2 2026 12:00 +05"', `TS_FORMAT ${TIMESTAMP} in "ts", got "Jan 2 2026 12:00 +05"`],
    [
      'd',
      '"2026-11-26T10:00:00Z"',
      'TS_FORMAT expected a date such as 2026-11-24 in "d", got "2026-11-26T10:00:00Z"',
    ],
    ['d', '20260102', 'TS_FORMAT expected a date such as 2026-11-24 in "d", got "20260102"'],
    ['t', '"06:30:00+02"', 'TS_FORMAT expected a time such as 06:30:00 in "t", got "06:30:00+02"'],
    [
      't',
      '"2026-01-02T06:30:00"',
      'TS_FORMAT expected a time such as 06:30:00 in "t", got "2026-01-02T06:30:00"',
    ],
    ['ttz', '"allballs"', 'TS_FORMAT expected a time such as 06:30:00+01:00 in "ttz", got "allballs"'],
    ['m', '"today"', `TS_FORMAT ${TIMESTAMP} in "m", got "today"`],
    ['i', '"0x10"', 'NUMBER_FORMAT expected a decimal number in "i", got "0x10"'],
    ['i', '"1_000"', 'NUMBER_FORMAT expected a decimal number in "i", got "1_000"'],
    ['i', '"0\\u006f7"', 'NUMBER_FORMAT expected a decimal number in "i", got "0o7"'],
    ['n', '"-0b1"', 'NUMBER_FORMAT expected a decimal number in "n", got "-0b1"'],
    ['f', '"0x1p3"', 'NUMBER_FORMAT expected a decimal number in "f", got "0x1p3"'],
    ['f', '"nan"', 'NOT_FINITE expected a finite number in "f", got "nan"'],
    ['s', '"Infinity"', 'NOT_FINITE expected a finite number in "s", got "Infinity"'],
    ['fs', '[1,"NaN"]', 'NOT_FINITE expected a finite number in "fs", got "NaN"'],
    ['fs', '"{1,NaN}"', 'NOT_FINITE expected a finite number in "fs", got "NaN"'],
    ['fs', '"{{1,2},{3,0x10}}"', 'NUMBER_FORMAT expected a decimal number in "fs", got "0x10"'],
    ['tss', '["now"]', `TS_FORMAT ${TIMESTAMP} in "tss", got "now"`],
    ['ms', '"{epoch}"', `TS_FORMAT ${TIMESTAMP} in "ms", got "epoch"`],
    ['r', '"[now,2026-01-01)"', `TS_FORMAT ${TIMESTAMP} in "r", got "now"`],
    ['r', '"[2026-01-01,infinity)"', `TS_FORMAT ${TIMESTAMP} in "r", got "infinity"`],
    [
      'dr',
      '["2026-01-02","tomorrow"]',
      'TS_FORMAT expected a date such as 2026-11-24 in "dr", got "tomorrow"',
    ],
    ['nr', '"[1_0,20]"', 'NUMBER_FORMAT expected a decimal number in "nr", got "1_0"'],
    ['mr', '"{[now,2027-01-01)}"', `TS_FORMAT ${TIMESTAMP} in "mr", got "now"`],
    ['c', '"(x,now,,)"', `TS_FORMAT ${TIMESTAMP} in "c", got "now"`],
    ['c', '"(x,,\\"{1,NaN}\\",)"', 'NOT_FINITE expected a finite number in "c", got "NaN"'],
    ['c', '{"amounts":[1,"inf"]}', 'NOT_FINITE expected a finite number in "c", got "inf"'],
    [
      'c',
      '{"odd,\\"n\\u0061me":"1/2/2024"}',
      'TS_FORMAT expected a date such as 2026-11-24 in "c", got "1/2/2024"',
    ],
    ['lc', '"(,yesterday,,)"', `TS_FORMAT ${TIMESTAMP} in "lc", got "yesterday"`],
    ['cs', '["(,yesterday,,)"]', `TS_FORMAT ${TIMESTAMP} in "cs", got "yesterday"`],
    ['iv', '"infinity"', 'NOT_FINITE expected a finite interval such as 90 minutes in "iv", got "infinity"'],
    ['o', '"010"', 'NUMBER_FORMAT expected a decimal number without leading zeros in "o", got "010"'],
    ['x', '"hello"', 'NUMBER_FORMAT expected a whole number up to 4294967295 in "x", got "hello"'],
    ['x', '1.5', 'NUMBER_FORMAT expected a whole number up to 4294967295 in "x", got "1.5"'],
    [
      'xx',
      '[1,"99999999999999999999"]',
      'NUMBER_FORMAT expected a whole number up to 18446744073709551615 in "xx", got "99999999999999999999"',
    ],
    ['p', '"(1,NaN)"', 'NOT_FINITE expected a finite number in "p", got "(1,NaN)"'],
  ])('%s %s', async (column, json, said) => {
    expect(await write(column, json)).toBe(said)
  })

  it('and is stored as Postgres reads it with --allow-special-values', async () => {
    const allowed = {allowSpecialValues: true}
    expect(await write('f', '"NaN"', allowed)).toBe('NaN')
    expect(await write('tz', '"epoch"', allowed)).toBe('1970-01-01 00:00:00+00')
    expect(await write('r', '"[-infinity,2026-01-01)"', allowed)).toBe('[-infinity,"2026-01-01 00:00:00")')
    expect(await write('d', '"2026-11-26T10:00:00Z"', allowed)).toBe('2026-11-26')
  })
})

describe('what Postgres refuses gets its own code and message', () => {
  it.each([
    ['tz', '"hello"', '22007 invalid input syntax for type timestamp with time zone: "hello"'],
    ['tz', '"2026-02-30T00:00:00+01"', '22008 date/time field value out of range: "2026-02-30T00:00:00+01"'],
    ['ts', '"2026-02-30T00:00:00+01"', '22008 date/time field value out of range: "2026-02-30T00:00:00+01"'],
    ['d', '""', '22007 invalid input syntax for type date: ""'],
    ['i', '"1.5"', '22P02 invalid input syntax for type integer: "1.5"'],
    ['i', 'true', '22P02 invalid input syntax for type integer: "true"'],
    ['f', '"1e999"', '22003 "1e999" is out of range for type double precision'],
  ])('%s %s', async (column, json, said) => {
    expect(await write(column, json)).toBe(said)
  })
})
