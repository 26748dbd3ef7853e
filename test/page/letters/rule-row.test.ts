import {expect, it} from 'vitest'
import {rulesIn, type TypedRule} from '../../../src/page/letters/rule-row.ts'

const typed = (kind: TypedRule['kind'], path: string, value = ''): TypedRule => ({kind, path, value})

it('makes the input of an operation of what was typed', () => {
  const rows = [
    typed('set', 'a.b', '""'),
    typed('set', 'c', '5'),
    typed('set', ''),
    typed('rename-key', 'old', 'new'),
    typed('drop-key', 'debug'),
    typed('convert', 'amount', 'comma-decimal'),
  ]
  expect(rulesIn(rows)).toEqual({
    rules: {
      set: ['a.b=""', 'c=5'],
      'rename-key': ['old=new'],
      'drop-key': ['debug'],
      convert: ['amount:comma-decimal'],
    },
  })
})

it.each([
  [[], 'give the path of a value, e.g. device.id'],
  [[typed('set', '')], 'give the path of a value, e.g. device.id'],
  [[typed('set', '', '5')], 'give the path at which 5 is to be set'],
  [[typed('set', 'a=5')], 'a path has no "=": write the value of a into the other field'],
  [[typed('set', 'a')], 'give a value for a; "" is the empty text'],
  [[typed('convert', 'a')], 'give a conversion for a, e.g. comma-decimal'],
  [[typed('rename-key', 'a')], 'give a new key for a'],
])('complains about %j', (rows, fault) => {
  expect(rulesIn(rows).fault).toBe(fault)
})
