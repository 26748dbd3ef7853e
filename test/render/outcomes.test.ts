import {expect, it} from 'vitest'
import {tableWords} from '../../src/render/table-counts.ts'
import {writtenWords} from '../../src/render/written.ts'

const NONE = {
  inserted: 0,
  updated: 0,
  deleted: 0,
  superseded: 0,
  alreadyThere: 0,
  alreadyGone: 0,
  suppressed: 0,
}
const TOTALS = {...NONE, enqueued: 0, deadLettered: 0, empty: 0, trimmed: 0}

it('deletes are told where there are some, of a queue and of a table', () => {
  const some = {inserted: 1, deleted: 1200, alreadyGone: 3}
  expect(writtenWords({...TOTALS, ...some})).toBe('1 row, 1,200 deleted, 0 already there, 3 already gone')
  expect(tableWords({...NONE, deadLettered: 0, ...some})).toBe('1 inserted, 1,200 deleted, 3 already gone')
  expect(writtenWords({...TOTALS, inserted: 2})).toBe('2 rows, 0 already there')
  expect(tableWords({...NONE, deadLettered: 0, inserted: 2})).toBe('2 inserted')
})
