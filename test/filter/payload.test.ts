import {expect, it} from 'vitest'
import {payloadObjects} from '../../src/filter/payload.ts'

const objects = (text: string) => payloadObjects(Buffer.from(text), ['points']).map(String)

it.each([
  ['{"a":1}', []],
  ['{"points":[{"a":1},{"a":2}]}', ['{"a":1}', '{"a":2}']],
  ['{"orders":[{"lines":[{"a":1}]}],"$qtool_route":"orders[].lines[]"}', ['{"a":1}']],
  ['{"a":1,"points":[{"a":2}],"$qtool_route":"$"}', ['{"a":1,"points":[{"a":2}],"$qtool_route":"$"}']],
  ['{"points":[{"a":1}],"$qtool_route":"points[].$"}', ['{"a":1}']],
  ['{"lines":7,"$qtool_route":"lines[]"}', []],
])('looks into %s and its records', (text, records) => {
  expect(objects(text)).toEqual([text, ...records])
})
