import {createHash} from 'node:crypto'
import {expect, it} from 'vitest'
import {deadLetterText} from '../../../src/queue/letters/dead-letter.ts'
import {parseFilter} from '../../../src/queue/letters/filter-flags.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {failedInTime, matchesFilter} from '../../../src/queue/letters/letter-filter.ts'
import {means, type Node, type Record, type Value} from '../../support/filter-model.ts'
import {randomInt} from '../../support/seeded.ts'

const NOW = 1.7e12
const random = randomInt(20_261_126)
const one = <T>(...choices: T[]): T => choices[random(choices.length)]
const some = <T>(most: number, make: () => T): T[] => Array.from({length: 1 + random(most)}, make)

const KEYS = ['a', 'b', 'a.b', 'é"', '', 'toString']
const WORDS = [
  '',
  'x',
  'Alpine',
  'x y',
  'null',
  '"q"',
  'back\\slash',
  'Zürich',
  '1.5',
  '/',
  '名',
  '{"a":1}',
  'xyx',
  '*',
]
const NUMBERS = ['0', '-0', '1', '1.5', '1.50', '15e-1', '9007199254740993', '9007199254740992', '-2', '1e3']

const blank = () => one('', '', ' ', '\n ')

function text(characters: string): Value {
  const escaped = [...JSON.stringify(characters).slice(1, -1)].map((c) => {
    const isPlain = /[a-zA-Zü]/.test(c) && random(12) === 0
    return isPlain ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c
  })
  // An escape must not be taken apart
  const raw =
    characters.includes('\\') || characters.includes('"')
      ? JSON.stringify(characters)
      : `"${escaped.join('')}"`
  return {kind: 'string', raw, unescaped: `"${characters}"`, characters}
}

function value(depth: number): Value {
  const kind = random(depth > 0 ? 7 : 4)
  if (kind === 0) return text(one(...WORDS))
  if (kind === 1) return text(one(...NUMBERS))
  if (kind === 2) return {kind: 'number', ...twice(one(...NUMBERS))}
  if (kind === 3) return {kind: 'literal', ...twice(one('true', 'null', 'null'))}
  return object(some(3, () => [one(...KEYS), value(depth - 1)] as [string, Value]))
}

const twice = (raw: string) => ({raw, unescaped: raw})

function object(entries: Array<[string, Value]>): Value {
  const parts = entries.map(([key, held]) => {
    const [name, before, after] = [text(key), blank(), blank()]
    return {
      raw: `${name.raw}:${before}${held.raw}${after}`,
      unescaped: `${name.unescaped}:${before}${held.unescaped}${after}`,
    }
  })
  const raw = `{${parts.map((part) => part.raw).join(',')}}`
  return {kind: 'object', raw, unescaped: `{${parts.map((part) => part.unescaped).join(',')}}`, entries}
}

function array(items: Value[]): Value {
  const join = (how: 'raw' | 'unescaped') => `[${items.map((item) => item[how]).join(',')}]`
  return {kind: 'array', raw: join('raw'), unescaped: join('unescaped')}
}

const entry = (): [string, Value] => [one(...KEYS), value(2)]

function letter(): {letter: Letter; record: Record} {
  const records = some(3, () => object(some(4, entry)))
  const isEnvelope = random(2) === 0
  const time = random(5) === 0 ? undefined : NOW - random(10) * 3_600_000
  const score = time ?? one(5, 3e14)
  const reason = one('invalid' as const, 'foreign_key' as const)
  const message = one('no parent', 'Alpine')
  if (random(3) === 0) {
    const payload = object([['points', array(records)]])
    const member = `{"points":${payload.entries?.[0][1].raw},"reason":"${reason}","message":"${message}"}`
    const hash = createHash('sha256').update(member).digest('hex').slice(0, 16)
    const id = time === undefined ? hash : `${time.toString(36)}-${hash}`
    const texts = {reason, message, id, queue: 'orders', records: String(records.length)}
    const found = new Letter(Buffer.from(member), score)
    return {letter: found, record: {texts, time, message, payload, objects: [payload, ...records]}}
  }
  const payload = isEnvelope ? object([entry(), ['points', array(records)]]) : records[0]
  const head = {id: `l:${random(3)}`, queue: 'orders', failedAt: score, attempts: 1 + random(3), score: 1}
  const cause = {
    reason,
    message,
    code: one('23503', '22P02', '23505'),
    column: one(undefined, 'x y'),
  } as const
  const texts = {...cause, id: head.id, attempts: String(head.attempts), queue: 'orders', records: '1'}
  const found = new Letter(Buffer.from(deadLetterText(head, cause, Buffer.from(payload.raw))), score)
  const objects = isEnvelope ? [payload, ...records] : [payload]
  return {letter: found, record: {texts, time, message, payload, objects}}
}

const quoted = (said: string) => JSON.stringify(said)
const bare = (said: string) => said.replace(/[\s()"\\*]/g, (c) => `\\${c}`)

function pattern(words: string[]): {said: string; pattern: string[]} {
  const word = one(...words)
  if (random(3) > 0)
    return {said: word === '' || random(2) === 0 ? quoted(word) : bare(word), pattern: [word]}
  const [start, end] = [random(word.length + 1), random(word.length + 1)]
  const pieces = one(
    [word.slice(0, start), ''],
    ['', word.slice(start)],
    ['', word.slice(start, end), ''],
    ['', ''],
  )
  return {said: pieces.map(bare).join('*'), pattern: pieces}
}

const name = (key: string) => (/^[a-z]+$/.test(key) && random(2) === 0 ? key : quoted(key))

function condition(): {node: Node; said: string} {
  const operator = one('<', '>', '<=', '>=')
  const path = some(2, () => one(...KEYS))
  const place = `payload.${path.map(name).join('.')}`
  switch (random(6)) {
    case 0: {
      const field = one('reason', 'code', 'message', 'queue', 'id', 'attempts', 'records', 'column')
      const words = /attempts|records/.test(field)
        ? ['1', '2']
        : ['invalid', '23503', 'no parent', 'orders', 'l:1', 'x y']
      const {said, pattern: pieces} = pattern(words)
      return {node: {kind: 'field', field, pattern: pieces}, said: `${field}:${said}`}
    }
    case 1: {
      const hours = random(10)
      const flipped = {'<': '>', '>': '<', '<=': '>=', '>=': '<='}[operator]
      return {
        node: {kind: 'time', operator: flipped, limit: NOW - hours * 3_600_000},
        said: `age${operator}${hours}h`,
      }
    }
    case 2: {
      const word = one('Alpine', 'x y', 'Zürich', '"a"', 'parent', '名', 'back\\slash')
      return {node: {kind: 'contains', text: word}, said: `text:${one(quoted, bare)(word)}`}
    }
    case 3: {
      const limit = one(...NUMBERS)
      return {node: {kind: 'number', path, operator, limit}, said: `${place}${operator}${limit}`}
    }
    default: {
      const {said, pattern: pieces} = pattern([
        ...WORDS.filter((word) => !word.startsWith('{')),
        ...NUMBERS,
        'true',
      ])
      return {node: {kind: 'value', path, pattern: pieces}, said: `${place}:${said}`}
    }
  }
}

function expression(depth: number): {node: Node; said: string} {
  const kind = random(depth > 0 ? 6 : 1)
  if (kind < 2) return condition()
  if (kind === 2) {
    const {node, said} = expression(depth - 1)
    return {node: {kind: 'not', part: node}, said: `NOT (${said})`}
  }
  const parts = some(3, () => expression(depth - 1))
  const isOr = kind > 3
  const said = parts.map((part) => `(${part.said})`).join(isOr ? ' OR ' : one(' ', ' AND '))
  return {node: {kind: isOr ? 'or' : 'and', parts: parts.map((part) => part.node)}, said}
}

it('means the letters that a model of it means, and bounds none of them out', () => {
  let meant = 0
  const ROUNDS = 20_000
  for (let i = 0; i < ROUNDS; i++) {
    const {node, said} = expression(3)
    const {letter: judged, record} = letter()
    const filter = {...parseFilter({where: said}, NOW), queue: 'orders'}
    const expected = means(node, record)
    const found = matchesFilter(filter, judged)
    if (found !== expected) throw new Error(`${found} for ${said}\n${judged.member} ${judged.score}`)
    if (found && !failedInTime(filter, judged.score))
      throw new Error(`out of its time: ${said} ${judged.score}`)
    meant += Number(found)
  }
  expect(meant).toBeGreaterThan(ROUNDS / 5)
  expect(meant).toBeLessThan((4 * ROUNDS) / 5)
})

it.each([
  [{reason: 'invalid', code: '22P02'}, 'reason:invalid code:22P02'],
  [{since: '5h', 'older-than': '1h'}, 'age<=5h age>1h'],
  [{match: ['a.b=x y', 'b=1']}, 'payload.a.b:"x y" payload.b:1'],
  [{id: ['l:1', 'l:2']}, 'id:l:1 OR id:l:2'],
  [{column: 'x y', where: 'NOT attempts:1'}, 'column:"x y" NOT attempts:1'],
])('reads %j as %s', (flags, where) => {
  expect(parseFilter(flags, NOW).expression).toEqual(parseFilter({where}, NOW).expression)
})
