import {expect, it} from 'vitest'
import {DEAD_LETTERS} from '../../../src/filter/fields.ts'
import {parseFilterText} from '../../../src/filter/parse.ts'
import {bothFilters, filterOfGroup} from '../../../src/page/letters/group-filter.ts'
import {parseFilter} from '../../../src/queue/letters/filter-flags.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {matchesFilter} from '../../../src/queue/letters/letter-filter.ts'
import {GroupCounter} from '../../../src/queue/letters/letter-groups.ts'

const NOW = Date.parse('2026-11-26T12:00:00Z')

/** Letters of each kind; the message of each has values that its group leaves out. */
const LETTERS = [
  own({
    reason: 'foreign_key',
    code: '23503',
    constraint: 'points_flight_fkey',
    message: 'violates "points_flight_fkey"',
  }),
  own({
    reason: 'invalid',
    code: '22P02',
    column: 'lat',
    message: 'invalid input syntax for type real: "no * (way)"',
  }),
  own({reason: 'malformed', code: 'JSON', message: 'expected JSON at byte 17, got {"a": OR b'}),
  own({reason: 'invalid', code: '22003', message: `value "1.5" is out of range ${'x'.repeat(400)}`}),
  own({reason: 'constraint', code: 'P0001', message: 'a\nb || c && <img src=x onerror=alert(1)> \\ "'}),
  '{"points":[],"reason":"timeout after 17 ms (N)"}',
  '{"points":[],"reason":"<script>"}',
].map((text) => new Letter(Buffer.from(text), NOW))

it.each(LETTERS.map((letter, i) => [i, letter] as const))(
  'selects the letters of the group of letter %i',
  (i, letter) => {
    const counter = new GroupCounter()
    counter.add(letter)
    const where = filterOfGroup(counter.groups[0])
    const filter = parseFilter({where}, NOW)
    const selected = LETTERS.flatMap((one, at) => (matchesFilter(filter, one) ? [at] : []))
    expect(selected, where).toEqual([i])
  },
)

it.each([
  ['', 'a:1', 'a:1'],
  ['a:1', '', 'a:1'],
  ['a:1', 'b:2', 'a:1 b:2'],
  ['a:1 OR c:3', 'b:2', '(a:1 OR c:3) b:2'],
])('joins %j and %j', (one, other, both) => {
  expect(bothFilters(one, other)).toBe(both)
  expect(() => parseFilterText(both, {vocabulary: DEAD_LETTERS, nowMs: NOW})).not.toThrow()
})

function own(cause: {
  reason: string
  code: string
  message: string
  column?: string
  constraint?: string
}): string {
  const letter = {
    qtool: 1,
    id: 'x',
    queue: 'q',
    ...cause,
    failedAt: '2026-11-26T12:00:00Z',
    attempts: 1,
    score: 1,
  }
  return JSON.stringify({...letter, payload: '{"lat":"no * (way)","n":1.5}'})
}
