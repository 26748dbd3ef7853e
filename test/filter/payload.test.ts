import {expect, it} from 'vitest'
import {payloadObjects} from '../../src/filter/payload.ts'

const objects = (text: string) => payloadObjects(Buffer.from(text), ['points']).map(String)

it.each([
  ['{"a":1}', []],
  ['{"points":[{"a":1},{"a":2}]}', ['{"a":1}', '{"a":2}']],
  ['{"orders":[{"lines":[{"a":1}]}],"$route":"orders[].lines[]"}', ['{"a":1}']],
  ['{"a":1,"points":[{"a":2}],"$route":"$"}', ['{"a":1,"points":[{"a":2}],"$route":"$"}']],
  ['{"points":[{"a":1}],"$route":"points[].$"}', ['{"a":1}']],
  ['{"lines":7,"$route":"lines[]"}', []],
])('looks into %s and its records', (text, records) => {
  expect(objects(text)).toEqual([text, ...records])
})
