import {expect, it} from 'vitest'
import {matchPlace, to} from '../../src/page/router.ts'

it.each([
  ['', '/', {}],
  ['#/', '/', {}],
  ['#/queue/orders', '/queue/:queue', {queue: 'orders'}],
  ['#/queue/a%2Fb%20%3Cb%3E/dead-letters?where=x', '/queue/:queue/dead-letters', {queue: 'a/b <b>'}],
  ['#/queue/100%', '/queue/:queue', {queue: '100%'}],
])('reads %j as %s', (hash, pattern, names) => {
  expect(matchPlace(pattern, hash)?.names).toEqual(names)
})

it.each([
  ['#/queue/orders', '/queue/:queue/dead-letters'],
  ['#/queues', '/queue/:queue'],
  ['#/queue/a/b', '/queue/:queue'],
])('does not take %j for %s', (hash, pattern) => {
  expect(matchPlace(pattern, hash)).toBeUndefined()
})

it('finds in an address the filter that was put there', () => {
  const where = 'payload.name:"a & b" NOT code:23503 ? # % +'
  const place = matchPlace('/queue/:queue/dead-letters', to.letters('x/y', where))
  expect(place?.query.get('where')).toBe(where)
  expect(place?.names.queue).toBe('x/y')
  expect(to.letters('orders')).toBe('#/queue/orders/dead-letters')
})
