import {beforeAll, describe, expect, it} from 'vitest'
import type {Kind} from '../../../src/json/kind.ts'
import {JsonScanner} from '../../../src/json/scanner.ts'
import {valueRule} from '../../../src/sink/catalog/value-rule.ts'
import {isPlain} from '../../../src/sink/decode/plain.ts'
import {useServers} from '../../support/context.ts'
import {ATTEMPT, askPostgres} from '../../support/types/ask.ts'
import {brokenRule, type Shape} from '../../support/types/rules.ts'
import {TOKENS, textsFor} from '../../support/types/texts.ts'

const context = useServers()

beforeAll(() => context.pool.query(ATTEMPT))

/** Texts that are plain for some type; each is also tried with one character replaced, doubled or left out. */
const GOOD = [
  '9d2c8b1a-0000-4000-8000-00000000000a',
  '-12',
  '0012.50',
  '2026-11-24',
  '2024-02-29',
  '0001-01-01',
  '2026-11-24T06:30:00.125+05:30',
  '2026-11-24 23:59Z',
  '9999-12-31t23:59:59-1559',
  '2026-11-24T06:30:00-00',
  '06:30:00.5',
  '23:59+02',
  'é',
]
const LETTERS = '0159-+:.TtZz eExX_/,aA\u00e9"\\'

function variants(): string[] {
  let state = 1
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const changed = (text: string, at: number) => {
    const letter = LETTERS[random(LETTERS.length)]
    const kept = text.slice(0, at)
    return [kept + letter + text.slice(at + 1), kept + letter + text.slice(at), kept + text.slice(at + 1)]
  }
  return GOOD.flatMap((text) =>
    [...text, ...text, ...text, ...text].flatMap((_, i) => changed(text, i % text.length)),
  )
}

/** A JSON string with one character written as an escape. */
function withEscape(text: string): string {
  const at = text.length >> 1
  const code = text.charCodeAt(at).toString(16).padStart(4, '0')
  return `"${JSON.stringify(text.slice(0, at)).slice(1, -1)}\\u${code}${JSON.stringify(text.slice(at + 1)).slice(1, -1)}"`
}

const scanner = new JsonScanner()

/** Whether the value is plain, when read as a member of a record. */
function plain(base: string, typmod: number, json: string): boolean {
  const bytes = Buffer.from(`{"v":${json}}`)
  scanner.open(bytes, bytes.length)
  scanner.object(0)
  const kind = scanner.kind[0] as Kind
  const [start, end] = [scanner.valueStart[0], scanner.valueEnd[0]]
  return isPlain(valueRule(base, typmod, 'U'), bytes, start, end, kind, scanner.valueEscaped[0])
}

describe('isPlain', () => {
  it.each([
    ['uuid', 'uuid', -1, 5],
    ['int2', 'int2', -1, 5],
    ['int4', 'int4', -1, 5],
    ['int8', 'int8', -1, 5],
    ['float4', 'float4', -1, 5],
    ['float8', 'float8', -1, 5],
    ['numeric', 'numeric', -1, 5],
    ['numeric(8,3)', 'numeric', ((8 << 16) | 3) + 4, 5],
    ['numeric(2,0)', 'numeric', (2 << 16) + 4, 5],
    ['numeric(3,3)', 'numeric', ((3 << 16) | 3) + 4, 0],
    ['bool', 'bool', -1, 2],
    ['timestamp', 'timestamp', -1, 20],
    ['timestamp(0)', 'timestamp', 0, 20],
    ['timestamptz', 'timestamptz', -1, 20],
    ['date', 'date', -1, 2],
    ['time', 'time', -1, 5],
    ['timetz', 'timetz', -1, 5],
    ['text', 'text', -1, 50],
    ['varchar(5)', 'varchar', 9, 5],
    ['char(3)', 'bpchar', 7, 5],
    ['json', 'json', -1, 50],
    ['jsonb', 'jsonb', -1, 50],
  ] as const)(
    'of %s: what is plain, Postgres stores as it is meant',
    async (column, base, typmod, atLeast) => {
      const shape: Shape = {leaf: base}
      const texts = [...new Set([...textsFor(shape), ...GOOD, ...variants()])]
      const strings = texts.map((text) => JSON.stringify(text))
      const escaped = GOOD.map(withEscape)
      const values = [...TOKENS, ...strings, ...escaped].filter((json) => plain(base, typmod, json))
      expect(values.length).toBeGreaterThanOrEqual(atLeast)
      const table = `plain_${column.replace(/\W/g, '_')}`
      const type = {column, twin: TWINS[column], shape, castDiffers: true}
      const fates = await askPostgres(context.pool, type, table, values)
      const wrong = values.filter(
        (json, i) => fates[i].code !== undefined || brokenRule(shape, json) !== undefined,
      )
      expect(wrong).toEqual([])
      if (base === 'json' || base === 'jsonb') return
      // A column of the type itself reads plain values as its twin does, so no offset is lost
      const copied = await askPostgres(context.pool, {...type, twin: undefined}, `${table}_itself`, values)
      expect(copied).toEqual(fates)
    },
  )

  it('takes nothing of an object or array but for JSON, and no word for a number or a truth', () => {
    for (const base of ['int4', 'bool', 'text', 'uuid', 'inet', 'timestamptz']) {
      for (const json of ['{}', '[]', '[1]']) expect(plain(base, -1, json), base).toBe(false)
    }
    expect(plain('jsonb', -1, '{"a":[1]}')).toBe(true)
    for (const json of ['"true"', '1', '"t"']) expect(plain('bool', -1, json)).toBe(false)
    for (const json of ['true', '"NaN"', '1e5', '"1_0"']) expect(plain('float8', -1, json)).toBe(false)
  })
})

/** See JudgedType.twin. */
const TWINS: Record<string, string> = {timestamp: 'timestamptz', 'timestamp(0)': 'timestamptz(0)'}
