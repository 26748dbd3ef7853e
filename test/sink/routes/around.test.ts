import {beforeEach, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {drainRouted, routedSinks} from '../../support/routed.ts'

const context = useServers()

beforeEach(async () => {
  await context.pool.query('DROP TABLE IF EXISTS points, flights')
  await context.pool.query('CREATE TABLE flights (id int, pilot text)')
  await context.pool.query('CREATE TABLE points (flight_id int, n int)')
})

const open = () =>
  routedSinks(context, ['flight:flights', 'points[]:points'], {map: {flight_id: '$envelope.flight.id'}})

it('gives children what the envelope says of their parent, and repeats no parent at a replay', async () => {
  const sinks = await open()
  const item = '{"flight":{"id":5,"pilot":"p"},"points":[{"n":1},{"n":"x"},{"n":3}]}'
  const first = await drainRouted(context, sinks, [item])
  expect(first.tally).toMatchObject({inserted: 3, deadLettered: 1})
  const payload = '{"flight":{"id":5,"pilot":"p"},"points":[{"n":"x"}],"$qtool_route":"points[]"}'
  expect(first.letters).toMatchObject([{payload}])
  // Without a key, a second row of the flight would be one too many
  const second = await drainRouted(context, sinks, [payload, payload.replace('"x"', '2')])
  expect(second.tally).toMatchObject({inserted: 1, deadLettered: 1})
  expect(second.letters).toMatchObject([{payload}])
  const {rows} = await context.pool.query(
    'SELECT flight_id, n, (SELECT count(*)::int FROM flights) AS flights FROM points ORDER BY n',
  )
  expect(rows).toEqual([1, 2, 3].map((n) => ({flight_id: 5, n, flights: 1})))
})
