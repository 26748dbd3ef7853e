import {describe, expect, it} from 'vitest'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {testSink, useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()

describe.each([
  ['by COPY', false],
  ['by INSERT', true],
])('the values of a record, %s', (_, careful) => {
  let tables = 0
  const drain = async (columns: string, items: Array<string | object>, sink: Partial<SinkOptions>) => {
    const table = `mapped_${careful ? 'careful' : 'copy'}_${tables++}`
    await context.pool.query(`CREATE TABLE ${table} (${columns})`)
    const {rows, letters, tally} = await drainInto(context, table, items, {careful, sink})
    return {rows, tally, letters: letters.map(({code, payload, message}) => ({code, payload, message}))}
  }

  it('reach columns by paths through objects and arrays, each in its own text', async () => {
    const map = {city: 'customer.address.city', sku: 'items[1].sku', total: '["t.o"]', big: 'customer.n'}
    const {rows, letters} = await drain(
      'id int, city text, sku text, total numeric, big numeric, customer jsonb',
      [
        '{"id":1,"customer":{"address":{"city":"Z\\u00fcrich"},"n":9007199254740993.10},"items":[{"sku":"a"},{"sku":"b\\t"}],"t.o":1e2}',
        {id: 2, customer: {address: null}, items: [{sku: 'c'}]},
        {id: 3, customer: {address: {city: null}}, items: {}, city: 'ignored'},
      ],
      {map},
    )
    expect(letters).toEqual([])
    expect(rows).toEqual([
      {
        id: 1,
        ...{city: 'Zürich', sku: 'b\t', total: '100', big: '9007199254740993.10'},
        customer: {address: {city: 'Zürich'}, n: 9007199254740994},
      },
      {id: 2, city: null, sku: null, total: null, big: null, customer: {address: null}},
      {id: 3, city: null, sku: null, total: null, big: null, customer: {address: {city: null}}},
    ])
  })

  it('give the whole record, constants and arrays, beside their columns', async () => {
    const map = {
      raw: '$',
      text: '$',
      source: '"gps \\"x\\""',
      n: '42',
      ok: 'true',
      tags: 'a.tags',
      doc: '{"v": [1]}',
    }
    const {rows, letters, tally} = await drain(
      'id int, raw jsonb, text text, source text, n int, ok bool, tags text[], doc jsonb',
      ['{"id": 7, "a":{"tags":["x","y,z"]},"b":"\\"é"}'],
      {map, strict: true},
    )
    expect({letters, unknown: tally.unknownKeyCount}).toEqual({letters: [], unknown: 0})
    expect(rows).toEqual([
      {
        ...{id: 7, source: 'gps "x"', n: 42, ok: true, tags: ['x', 'y,z'], doc: {v: [1]}},
        raw: {id: 7, a: {tags: ['x', 'y,z']}, b: '"é'},
        text: '{"id": 7, "a":{"tags":["x","y,z"]},"b":"\\"é"}',
      },
    ])
  })

  it('come from the envelope as well, which a dead letter keeps', async () => {
    const envelope = '{"device":{"id":"d1"}, "points":[{"id":1},{"id":"x"} ,{"id":2}],"at":5}'
    const how = {map: {device: '$envelope.device.id', at: '$envelope.at'}}
    const columns = 'id int, device text, at int'
    const other = '{"device":{"id":"d2"},"points":[{"id":4}]}'
    const {rows, letters} = await drain(columns, [envelope, other, {id: 3}], how)
    expect(rows.sort((a, b) => Number(a.id) - Number(b.id))).toEqual([
      {id: 1, device: 'd1', at: 5},
      {id: 2, device: 'd1', at: 5},
      {id: 3, device: null, at: null},
      {id: 4, device: 'd2', at: null},
    ])
    const payload = '{"device":{"id":"d1"}, "points":[{"id":"x"}],"at":5}'
    expect(letters).toMatchObject([{code: '22P02', payload}])
    // Corrected and replayed, the record still has what was around it
    const again = await drain(columns, [payload.replace('"x"', '9')], how)
    expect(again.rows).toEqual([{id: 9, device: 'd1', at: 5}])
  })

  it('come from the object that holds the list, too', async () => {
    const how = {records: 'data.rows', map: {day: '$parent.day', site: '$envelope.site'}}
    const item = ' {"day":"no","site":"z","data":{"day":"mo","rows":[{"id":1},{"id":"x"}],"more":[1]}}'
    const {rows, letters} = await drain('id int, day text, site text', [item, {id: 3}], how)
    expect(rows.sort((a, b) => Number(a.id) - Number(b.id))).toEqual([
      {id: 1, day: 'mo', site: 'z'},
      {id: 3, day: null, site: null},
    ])
    expect(letters).toMatchObject([{code: '22P02', payload: item.replace('{"id":1},', '')}])
  })

  it('are times by their units, and a time that Postgres does not know is a dead letter', async () => {
    const {rows, letters} = await drain(
      'id int, at timestamptz, made timestamp, "when" timestamptz',
      [
        {id: 1, at: 1764000000123, made: '1764000000.5', m: {w: 1}},
        '{"id":2,"at":"2026-01-01T00:00:00+02:00","made":-1,"m":{"w":1764000000123456000}}',
        '{"id":3,"at":99999999999999999999}',
        '{"id":4,"at":9300000000000000}',
        {id: 5, at: 'now'},
        {id: 6, at: null},
      ],
      {map: {when: 'm.w'}, time: {at: 'ms', made: 's', when: 'ns'}},
    )
    const shown = rows.map((row) => Object.values(row).map((v) => (v instanceof Date ? v.toISOString() : v)))
    expect(shown).toEqual([
      [1, '2025-11-24T16:00:00.123Z', '2025-11-24T16:00:00.500Z', '1970-01-01T00:00:00.000Z'],
      [2, '2025-12-31T22:00:00.000Z', '1969-12-31T23:59:59.000Z', '2025-11-24T16:00:00.123Z'],
      [6, null, null, null],
    ])
    expect(letters.map(({code, message}) => [code, message])).toEqual([
      ['22008', 'timestamp out of range: 99999999999999999999 ms since 1970 in "at"'],
      ['22008', expect.stringContaining('out of range')],
      ['TS_FORMAT', expect.stringContaining('"now"')],
    ])
  })

  it('find a column in snake case, where none has the name of their key', async () => {
    const {rows, letters} = await drain(
      'device_id int, "pilotName" text, pilot_name text, x int',
      [
        {deviceId: 1, pilotName: 'exact', pilot_name: 'snake'},
        {device_id: 2, X: 3},
        {deviceId: 3, device_id: 4},
        {deviceId: 5, deviceID: 6},
      ],
      {camelCase: true},
    )
    expect(rows).toEqual([
      {device_id: 1, pilotName: 'exact', pilot_name: 'snake', x: null},
      {device_id: 2, pilotName: null, pilot_name: null, x: 3},
    ])
    const two = 'two keys of the record give the column "device_id"'
    expect(letters.map(({code, message}) => [code, message])).toEqual([
      ['TWO_KEYS', two],
      ['TWO_KEYS', two],
    ])
  })

  it('that nothing asks for are counted by their paths, and refused when strict', async () => {
    const record = {id: 1, extra: 1, c: {no: 2, vip: true}, l: [{a: 3, b: 4}, {a: 5}]}
    const map = {no: 'c.no', a: 'l[0].a'}
    const columns = 'id int, no int, a int'
    const {tally, rows} = await drain(columns, [record, {id: 2, c: 'text', l: []}, {c: null}], {map})
    expect(rows.slice(0, 2)).toEqual([
      {id: 1, no: 2, a: 3},
      {id: 2, no: null, a: null},
    ])
    expect(tally.unknownKeys).toEqual({extra: 1, 'c.vip': 1, 'l[0].b': 1, 'l[1]': 1, c: 1})
    const strict = await drain(columns, [{id: 1, c: {no: 2, vip: true}}], {map, strict: true})
    expect(strict.letters).toMatchObject([{code: 'UNKNOWN_KEY', message: expect.stringContaining('"c.vip"')}])
  })

  it('are needed beside constants: a record that gives no column is a dead letter', async () => {
    const {letters} = await drain('a int, source text', [{b: 1}], {map: {source: '"gps"'}})
    expect(letters).toMatchObject([{code: 'NO_COLUMN', payload: '{"b":1}'}])
  })

  it('may be as deep as JSON may be, and hold a key of any kind', async () => {
    const deep = `${'{"a":'.repeat(63)}1${'}'.repeat(63)}`
    const {rows, letters} = await drain('raw jsonb, p int', [`{"__proto__":{"p":1},"a":${deep}}`], {
      map: {raw: '$', p: '__proto__.p'},
    })
    expect(letters).toEqual([])
    expect(rows).toMatchObject([{p: 1, raw: JSON.parse(`{"__proto__":{"p":1},"a":${deep}}`)}])
  })
})

describe('a mapping that cannot be right is refused at the start', () => {
  it.each<[string, Partial<SinkOptions>, string]>([
    ['no such column', {map: {nope: 'a'}}, '--map nope=a: "t_'],
    [
      'a column twice',
      {rename: {k: 'x'}, map: {x: 'a'}},
      '--rename k=x and --map x=a both give the column "x"',
    ],
    ['no source', {map: {x: 'a..b'}}, '--map x=a..b: the source is no path at ".b"'],
    ['a time in a number', {time: {x: 'ms'}}, '--time x=ms: expected a timestamp or timestamptz column'],
    ['a unit for no column', {time: {nope: 's'}}, 'has no writable column "nope"'],
  ])('%s', async (_, options, message) => {
    await context.pool.query('CREATE TABLE IF NOT EXISTS mapped_to (x int, y int)')
    await expect(testSink(context, 'mapped_to', options)).rejects.toThrow(message)
  })
})
