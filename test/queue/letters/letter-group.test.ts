import {expect, it} from 'vitest'
import {parseFilter} from '../../../src/queue/letters/filter-flags.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {matchesFilter} from '../../../src/queue/letters/letter-filter.ts'
import {groupOf, isGroupId} from '../../../src/queue/letters/letter-group.ts'
import {GroupCounter} from '../../../src/queue/letters/letter-groups.ts'
import {mergeGroups} from '../../../src/queue/shards/merge-letters.ts'

const NOW = Date.parse('2026-11-26T12:00:30Z')
const MINUTE = 60_000

const letter = (text: string, ms = NOW) => new Letter(Buffer.from(text), ms)

function own(more: {column?: string; message?: string; payload?: string; code?: string; reason?: string}) {
  const {payload = '{}', ...cause} = more
  return JSON.stringify({
    qtool: 1,
    id: 'l:1',
    queue: 'q',
    reason: 'invalid',
    code: '22P02',
    message: 'invalid input syntax for type real: "a"',
    ...cause,
    failedAt: '2026-11-26T12:00:00.000Z',
    attempts: 1,
    score: 1,
    payload,
  })
}

// Made with sha256 of Python over the JSON of the five parts
it.each([
  ['svwxhk', own({column: 'lat'})],
  ['svwxhk', own({column: 'lat', message: 'invalid input syntax for type real: "b"', payload: '{"x":1}'})],
  ['5g74gz', own({column: 'lon'})],
  ['y0f6nz', '{"points":[],"reason":"flight 17 not found"}'],
  ['y0f6nz', '{"points":[],"reason":"flight 4 not found"}'],
])('gives the id %s, which follows from the letter alone', (id, text) => {
  expect(groupOf(letter(text)).id).toBe(id)
  expect(isGroupId(id)).toBe(true)
})

it.each(['2', '', 'pz15w', 'pz15w33', 'pz15wi', 'PZ15W3', 'pz-5w3'])('takes %j for no id', (text) => {
  expect(isGroupId(text)).toBe(false)
})

it('selects exactly the letters of a line, whatever signs their messages hold', () => {
  const letters = [
    own({column: 'lat'}),
    own({column: 'lon'}),
    own({code: 'JSON', reason: 'malformed', message: 'expected JSON at byte 17, got {"a": OR b'}),
    own({code: '22003', message: `value "1.5" is out of range ${'x'.repeat(400)}`}),
    own({code: 'P0001', reason: 'constraint', message: 'a\nb || c && <img src=x> \\ "'}),
    // Both match `message:a*` of a filter by texts
    own({code: 'P0001', reason: 'constraint', message: 'a'}),
    '{"points":[],"reason":"timeout after 17 ms (N)"}',
    '{"points":[],"reason":"<script>"}',
  ].map((text) => letter(text))
  const counter = new GroupCounter()
  for (const one of letters) counter.add(one)
  expect(counter.groups).toHaveLength(letters.length)
  for (const {id, letters: count} of counter.groups) {
    const filter = parseFilter({group: id ?? ''}, NOW)
    expect(letters.filter((one) => matchesFilter(filter, one))).toHaveLength(count)
  }
})

it('puts the group with the most records first, and of equal ones the newest', () => {
  const counter = new GroupCounter(NOW)
  counter.add(letter('{"points":[{},{},{}],"reason":"three in one"}', NOW - 5 * MINUTE))
  counter.add(letter('{"reason":"older"}', NOW - 2 * MINUTE))
  counter.add(letter('{"reason":"newer"}', NOW - MINUTE))
  expect(counter.groups.map(({reason, records, share}) => [reason, records, share])).toEqual([
    ['three in one', 3, 0.6],
    ['newer', 1, 0.2],
    ['older', 1, 0.2],
  ])
})

it('counts the failures of each of the last sixty minutes, the oldest first', () => {
  const counter = new GroupCounter(NOW)
  const ages = [0, 1, MINUTE - 1, MINUTE, 59 * MINUTE, 60 * MINUTE - 1, 60 * MINUTE, -1]
  for (const age of ages) counter.add(letter('{"reason":"r"}', NOW - age))
  const [{perMinute}] = counter.groups
  expect(perMinute).toHaveLength(60)
  expect([perMinute[59], perMinute[58], perMinute[0]]).toEqual([3, 1, 2])
  expect(perMinute.reduce((sum, count) => sum + count, 0)).toBe(6)
})

it('adds up the groups of shards', () => {
  const [one, other] = [new GroupCounter(NOW), new GroupCounter(NOW)]
  one.add(letter('{"reason":"r"}', NOW))
  one.add(letter('{"reason":"s"}', NOW))
  other.add(letter('{"reason":"r"}', NOW - MINUTE))
  const [first, second] = mergeGroups([one.groups, other.groups])
  expect([first.letters, first.share, first.perMinute.slice(-2)]).toEqual([2, 2 / 3, [1, 1]])
  expect(second.share).toBe(1 / 3)
})

it('gives all errors beyond a thousand one line without an id', () => {
  const counter = new GroupCounter()
  for (let n = 0; n < 1002; n++) counter.add(letter(`{"reason":"r${String.fromCodePoint(0x4e00 + n)}"}`))
  const [rest, ...groups] = counter.groups
  expect(rest).toMatchObject({id: null, reason: 'other', letters: 2})
  expect(groups).toHaveLength(1000)
})

it.each([
  ['values of any length', 'abc', 'x'.repeat(600)],
  ['values with quotes', 'a "b" c', '"'],
  ['values that begin alike', 'y'.repeat(250), 'y'.repeat(450)],
])('gives one id to %s', (_, one, other) => {
  const idOf = (value: string) => {
    const message = `invalid input syntax for type real: "${value}"`
    return groupOf(letter(own({message, payload: JSON.stringify({v: value})})))
  }
  expect(idOf(one)).toEqual(idOf(other))
})
