import {expect, it} from 'vitest'
import {prettyJson} from '../../../src/page/letters/pretty.ts'

it('writes a line for each value and keeps every token as it is', () => {
  const text = '{"id":9007199254740993,"lat":46.50, "s":"a, {b}: \\"c\\"","e":[],"o":{},"n":[1,{"x":null}]}'
  expect(prettyJson(text)).toBe(
    [
      '{',
      '  "id": 9007199254740993,',
      '  "lat": 46.50,',
      '  "s": "a, {b}: \\"c\\"",',
      '  "e": [],',
      '  "o": {},',
      '  "n": [',
      '    1,',
      '    {',
      '      "x": null',
      '    }',
      '  ]',
      '}',
    ].join('\n'),
  )
})

it.each(['7', '"a b"', '[]', 'true'])('leaves %s as it is', (text) => {
  expect(prettyJson(text)).toBe(text)
})

it.each(['{"a":NaN}', '{"a":1', '', '{"a":1}}'])('does not take %j for JSON', (text) => {
  expect(prettyJson(text)).toBeUndefined()
})
