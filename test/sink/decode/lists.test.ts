import {describe, expect, it} from 'vitest'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()

describe.each([
  ['by COPY', false],
  ['by INSERT', true],
])('a list of what elements hold, %s', (_, careful) => {
  let tables = 0
  const drain = async (columns: string, items: string[], sink: Partial<SinkOptions>) => {
    const table = `listed_${careful ? 'careful' : 'copy'}_${tables++}`
    await context.pool.query(`CREATE TABLE ${table} (${columns})`)
    const {tally, letters} = await drainInto(context, table, items, {careful, sink})
    const {rows} = await context.pool.query(
      `SELECT to_jsonb(whole)::text AS row FROM ${table} whole ORDER BY 1`,
    )
    return {rows: rows.map(({row}) => row), tally, letters: letters.map(({code, message}) => [code, message])}
  }

  it('keeps the text of each value, with NULL for an element that has none', async () => {
    const map = {n: 'items[].n', deep: 'items[].a.b', x: '["odd.key"][]["k\\"y"]'}
    const {rows, letters, tally} = await drain(
      'id int, n numeric[], deep text[], x text[], items jsonb',
      [
        '{"id":1,"items":[{"n":9007199254740993.10,"a":{"b":"x,\\"y"}}, {"a":null}, 5,null,{"n":1e2,"a":{}}],"odd.key":[{"k\\"y":"ü"}]}',
        '{"id":2,"items":[],"odd.key":null}',
        '{"id":3}',
      ],
      {map, strict: true},
    )
    expect({letters, unknown: tally.unknownKeyCount}).toEqual({letters: [], unknown: 0})
    expect(rows).toEqual([
      `{"n": [9007199254740993.10, null, null, null, 100], "x": ["ü"], "id": 1, "deep": ["x,\\"y", null, null, null, null], "items": [{"a": {"b": "x,\\"y"}, "n": 9007199254740993.10}, {"a": null}, 5, null, {"n": 100, "a": {}}]}`.replace(
        '{"n": 100, "a": {}}',
        '{"a": {}, "n": 100}',
      ),
      '{"n": [], "x": null, "id": 2, "deep": [], "items": []}',
      '{"n": null, "x": null, "id": 3, "deep": null, "items": null}',
    ])
  })

  it('may hold lists, and what is in single elements beside it', async () => {
    const map = {m: 'a[].b[].c', first: 'a[0].d', all: 'tags[]'}
    const {rows, tally} = await drain(
      'id int, m int[], first int, all_ int[], "all" text[]',
      ['{"id":1,"a":[{"b":[{"c":1},{"c":2}],"d":7},{"b":[{"c":3},{}],"d":8}],"tags":["x","y"]}'],
      {map},
    )
    expect(rows).toEqual(['{"m": [[1, 2], [3, null]], "id": 1, "all": ["x", "y"], "all_": null, "first": 7}'])
    expect(tally.unknownKeys).toEqual({'a[].d': 1})
  })

  it('is refused where there is no list, and only then', async () => {
    const {rows, letters} = await drain(
      'id int, n int[] DEFAULT ARRAY[9]',
      [
        '{"id":1,"l":{"n":1}}',
        '{"id":2,"l":"text"}',
        '{"id":3,"l":null}',
        '{"id":4}',
        '{"id":5,"l":[{"n":"x"}]}',
      ],
      {map: {n: 'l[].n'}},
    )
    expect(rows).toEqual(['{"n": [9], "id": 4}', '{"n": null, "id": 3}'])
    expect(letters.sort()).toEqual([
      ['22P02', expect.stringContaining('"x"')],
      ['NO_LIST', 'expected a list for the column "n", got "text"'],
      ['NO_LIST', 'expected a list for the column "n", got {"n":1}'],
    ])
  })

  it('counts what it does not use by its path, and refuses it where keys must match', async () => {
    const items = ['{"id":1,"l":[{"n":1,"o":2},{"p":3}],"k":[{"n":1}]}']
    const loose = await drain('id int, n int[]', items, {map: {n: 'l[].n'}})
    expect(loose.tally.unknownKeys).toEqual({'l[].o': 1, 'l[].p': 1, k: 1})
    const strict = await drain('id int, n int[]', items, {map: {n: 'l[].n'}, strict: true})
    expect(strict.letters).toEqual([['UNKNOWN_KEY', expect.stringContaining('"l[].o"')]])
  })

  it('may come from the envelope', async () => {
    const {rows, letters} = await drain(
      'id int, t int[]',
      ['{"tags":[{"t":1},{"t":2}],"points":[{"id":1},{"id":2}]}', '{"tags":5,"points":[{"id":3}]}'],
      {map: {t: '$envelope.tags[].t'}},
    )
    expect(rows).toEqual(['{"t": [1, 2], "id": 1}', '{"t": [1, 2], "id": 2}'])
    expect(letters).toEqual([['NO_LIST', 'expected a list for the column "t", got 5']])
  })

  it('is a constant as well: an empty one, one of texts, and NULL in place of a default', async () => {
    const {rows, letters} = await drain(
      'id int, a int[], b text[], c text[], d int DEFAULT 5, e jsonb',
      ['{"id":1}', '{"id":2,"d":3}'],
      {map: {a: '[]', b: '[ "x" ]', c: '["x",null]', d: 'null', e: '[{"a":1e2}]'}},
    )
    expect(letters).toEqual([])
    expect(rows).toEqual(
      [1, 2].map(
        (id) => `{"a": [], "b": ["x"], "c": ["x", null], "d": null, "e": [{"a": 100}], "id": ${id}}`,
      ),
    )
  })
})
