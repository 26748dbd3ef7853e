import pg from 'pg'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import {
  arrayParts,
  multirangeParts,
  type Part,
  rangeParts,
  rowParts,
  withParts,
} from '../../../src/sink/decode/literal.ts'

const client = new pg.Client(inject('databaseUrl'))

beforeAll(async () => {
  await client.connect()
  await client.query('CREATE TYPE pg_temp.three AS (a text, b text, c text)')
  await client.query('CREATE TYPE pg_temp.textrange AS RANGE (subtype = text, collation = "C")')
})
afterAll(() => client.end())

const texts = (parts: Part[] | undefined) => parts?.map(({text}) => text ?? null)

/** How Postgres reads a literal, or `refused`. */
async function ask(sql: string, literal: string): Promise<Array<string | null> | 'refused'> {
  try {
    return (await client.query({text: sql, values: [literal], rowMode: 'array'})).rows[0][0]
  } catch {
    return 'refused'
  }
}

describe('arrayParts', () => {
  const good = [
    '{}',
    ' { } ',
    '{1,2,3}',
    '{ a b , c }',
    '{"a, b",c}',
    '{"q\\"q","b\\\\s",x\\ }',
    '{NULL,null,"NULL",\\NULL}',
    '{{1,2},{3,4}}',
    '{{"{1}","}"},{",","\\""}}',
    '[2:4]={a,b,c}',
    '[0:1][1:1]={{a},{b}}',
    ' [1:2] = {a,b}',
    '{\ta\n,\r\nb }',
    '{é,"😀 "}',
    '{""}',
    "{'a',''}",
  ]
  it.each(good)('finds the elements of %j where Postgres finds them', async (literal) => {
    const sql = 'SELECT ARRAY(SELECT unnest($1::text[]))'
    expect(texts(arrayParts(literal, ','))).toEqual(await ask(sql, literal))
  })

  it.each(['', '{', '{a', '{"a', 'a', '{a"b"}', '{a{b}}'])(
    'has none for %j, which is no array',
    async (literal) => {
      expect(arrayParts(literal, ',')).toBeUndefined()
      expect(await ask('SELECT $1::text[]', literal)).toBe('refused')
    },
  )
})

describe('rowParts', () => {
  it.each([
    '(a,b,c)',
    ' (,,) ',
    '("",,"x")',
    '(a b, c ,d)',
    '("a,b","c)","(d")',
    '("q""q","b\\\\s","x\\"y")',
    '(a"b,c"d,\\,,e)',
    '(é,😀,\\))',
  ])('finds the fields of %j where Postgres finds them', async (literal) => {
    const sql = 'SELECT ARRAY[r.a, r.b, r.c] FROM (SELECT ($1::pg_temp.three).*) r'
    expect(texts(rowParts(literal))).toEqual(await ask(sql, literal))
  })

  it.each(['', 'a', '(a,b,c', '(a,b,"c)', '(a,b,c) x'])(
    'has none for %j, which is no row',
    async (literal) => {
      expect(rowParts(literal)).toBeUndefined()
      expect(await ask('SELECT $1::pg_temp.three', literal)).toBe('refused')
    },
  )
})

describe('rangeParts', () => {
  it.each([
    '[a,b]',
    ' (a,b) ',
    '[,b)',
    '[a,]',
    '(,)',
    '["a,b","c]"]',
    '[a\\,b,"c""d"]',
    '[ a,b ]',
    '["",a]',
    '[a"b",c]',
  ])('finds the bounds of %j where Postgres finds them', async (literal) => {
    const sql = 'SELECT ARRAY[lower(r), upper(r)] FROM (SELECT $1::pg_temp.textrange r) x'
    expect(texts(rangeParts(literal))).toEqual(await ask(sql, literal))
  })

  it.each(['', 'empty', 'a', '[a,b', '[a]', '[a,b,c]', '[a,"b]', '[a,b] x'])(
    'has none for %j',
    async (literal) => {
      expect(rangeParts(literal)).toBeUndefined()
      if (literal !== 'empty') expect(await ask('SELECT $1::pg_temp.textrange', literal)).toBe('refused')
    },
  )
})

describe('multirangeParts', () => {
  it.each(['{}', '{[1,2]}', ' { [1,2) , (5,7] } ', '{empty,[1,2)}', '{(,5),["10","12"]}'])(
    'finds the bounds of %j where Postgres finds them',
    async (literal) => {
      const sql = `SELECT ARRAY(SELECT b FROM unnest($1::nummultirange) WITH ORDINALITY u(r, n),
        LATERAL (VALUES (1, lower(r)::text), (2, upper(r)::text)) v(i, b) ORDER BY n, i)`
      expect(texts(multirangeParts(literal))).toEqual(await ask(sql, literal))
    },
  )

  it.each(['', '{', '{[1,2)', '{[1,"2)}'])('has none for %j', async (literal) => {
    expect(multirangeParts(literal)).toBeUndefined()
    expect(await ask('SELECT $1::nummultirange', literal)).toBe('refused')
  })
})

describe('withParts', () => {
  it('replaces parts by any text, so that Postgres reads it again', async () => {
    for (const text of ['x', '', 'a,b', '"', '\\', '{}()[]', 'NULL', ' é ']) {
      const array = '{ a , "b",{c} }'.replace('{c}', 'c')
      const [first, second] = arrayParts(array, ',') ?? []
      const replaced = withParts(array, [
        {part: first, text},
        {part: second, text},
      ])
      expect(await ask('SELECT $1::text[]', replaced)).toEqual([text, text, 'c'])
      const row = '(a,"b""",c)'
      const written = withParts(
        row,
        (rowParts(row) ?? []).slice(0, 2).map((part) => ({part, text})),
      )
      expect(await ask('SELECT ARRAY[r.a, r.b, r.c] FROM (SELECT ($1::pg_temp.three).*) r', written)).toEqual(
        [text, text, 'c'],
      )
    }
  })
})
