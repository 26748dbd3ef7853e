import {expect, it} from 'vitest'
import {parseRoutes} from '../../src/config/routes.ts'

const member = (...path: Array<[string, boolean]>) => ({
  kind: 'member',
  path: path.map(([key, isList]) => ({key, isList})),
})

it.each([
  ['flight', member(['flight', false])],
  ['data.points[]', member(['data', false], ['points', true])],
  ['orders[].lines[]', member(['orders', true], ['lines', true])],
  ['a[].b.c[].d', member(['a', true], ['b', false], ['c', true], ['d', false])],
  ['$', member()],
  ['*', {kind: 'rest'}],
  ['a.b=x[]', {kind: 'field', path: ['a', 'b'], value: 'x[]'}],
])('reads the selector %s', (selector, takes) => {
  expect(parseRoutes([`${selector}:public.t`])).toMatchObject([{selector, takes, table: 'public.t'}])
})

it.each(['', '[]', 'a[][]', 'a..b[]', 'a[].', 'a[0].b', 'a[].b=1'])('refuses the selector %j', (selector) => {
  expect(() => parseRoutes([`${selector}:t`])).toThrow(
    `expected --route to be SELECTOR:TABLE, got ${JSON.stringify(`${selector}:t`)}`,
  )
})

it.each([
  [['$:a', '*:b'], '$:a takes every item itself, so that nothing is left for *:b'],
  [['type=x:b', '$:a'], '$:a takes every item itself, so that nothing is left for type=x:b'],
  [['a[].b[]:x', 'a[].b[]:y'], 'two routes take the same records: a[].b[]:x and a[].b[]:y'],
])('refuses routes of which one takes nothing: %j', (routes, message) => {
  expect(() => parseRoutes(routes)).toThrow(message)
})
