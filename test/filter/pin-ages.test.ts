import {expect, it} from 'vitest'
import type {Expression} from '../../src/filter/expression.ts'
import {DEAD_LETTERS} from '../../src/filter/fields.ts'
import {parseFilterText} from '../../src/filter/parse.ts'
import {pinAges} from '../../src/filter/pin-ages.ts'

const NOW = Date.UTC(2026, 10, 27, 6)

it.each([
  ['age>2h', 'time<2026-11-27T04:00:00.000Z'],
  [
    'reason:invalid AND (age<=1.5h OR NOT age>=7d)',
    'reason:invalid AND (time>=2026-11-27T04:30:00.000Z OR NOT time<=2026-11-20T06:00:00.000Z)',
  ],
  ['payload.age>2 text:"age>2h" "age":3', 'payload.age>2 text:"age>2h" "age":3'],
  ['', ''],
])('%s selects the same at any time as %s', (text, pinned) => {
  expect(pinAges(text, NOW)).toBe(pinned)
})

it('reads as the filter did when it began', () => {
  const read = (text: string, nowMs: number): Expression =>
    parseFilterText(text, {vocabulary: DEAD_LETTERS, nowMs})
  const text = 'NOT age>90m (column:a OR age<3d)'
  expect(read(pinAges(text, NOW), NOW + 86_400_000)).toEqual(read(text, NOW))
})
