import {expect, it} from 'vitest'
import {DEAD_LETTERS} from '../../../src/filter/fields.ts'
import {parseFilterText} from '../../../src/filter/parse.ts'
import {withGroup} from '../../../src/page/letters/group-filter.ts'

it.each([
  ['', 'pz15w3', 'group:pz15w3'],
  [' a:1 ', 'pz15w3', 'a:1 group:pz15w3'],
  ['a:1 OR c:3', 'pz15w3', '(a:1 OR c:3) group:pz15w3'],
  // All errors beyond the first thousand have no filter of their own
  ['a:1', null, 'a:1'],
])('narrows %j to the group %j', (where, id, both) => {
  expect(withGroup(where, {id})).toBe(both)
  expect(() => parseFilterText(both, {vocabulary: DEAD_LETTERS, nowMs: 0})).not.toThrow()
})
