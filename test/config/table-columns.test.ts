import {expect, it} from 'vitest'
import {splitNames, tableColumn} from '../../src/config/table-columns.ts'

it.each([
  ['id', ['id']],
  [' a , b', ['a', 'b']],
  ['public.orders:id,public.points:uuid', ['public.orders:id', 'public.points:uuid']],
  ['"a,b".t:id,"c:d":x', ['"a,b".t:id', '"c:d":x']],
  ['s."x"",y":a,b', ['s."x"",y":a', 'b']],
  ['a"b,c"', ['a"b', 'c"']],
])('reads the names in %s', (text, names) => {
  expect(splitNames(text, '--key')).toEqual(names)
})

it.each(['', 'a,', ',a', 'a,,b', 't:a, '])('refuses %j', (text) => {
  expect(() => splitNames(text, '--key')).toThrow(/^expected --key to be columns, separated by commas, got/)
})

it.each([
  ['id', {column: 'id'}],
  ['t:id', {table: 't', column: 'id'}],
  ['shop."a:b.c,d":x', {table: 'shop."a:b.c,d"', column: 'x'}],
  ['t:a:b', {table: 't', column: 'a:b'}],
  ['"a""b".t:x', {table: '"a""b".t', column: 'x'}],
])('finds the table and the column of %s', (name, found) => {
  expect(tableColumn(name, '--key')).toEqual(found)
})

it('refuses a table without a column', () => {
  expect(() => tableColumn('t:', '--key')).toThrow('expected --key to be TABLE:COLUMN, got "t:"')
})
