import {expect, it} from 'vitest'
import {obstacleWords, verdictWords} from '../../../src/page/letters/obstacle-words.ts'

const OBSTACLE = {
  ...{state: 'failing' as const, reason: 'foreign_key', code: '23503', error: 'e', constraint: 'k'},
  ...{column: null, table: null, parent: 'flights', letters: 1200, alone: 1200, records: 1200, example: 'x'},
}
const TOP = [
  {value: 'a', letters: 800, records: 800},
  {value: 'b', letters: 400, records: 400},
]

it.each([
  [{...OBSTACLE, distinct: 2, top: TOP}, '1,200 letters miss 2 different flights: a (800), b (400)'],
  [{...OBSTACLE, letters: 1, distinct: 1, top: TOP}, '1 letter misses flights a'],
  [
    {...OBSTACLE, distinct: 40, top: TOP},
    '1,200 letters miss 40 different flights: a (800), b (400), and 38 more',
  ],
  [{...OBSTACLE, state: 'unknown' as const, distinct: 0, top: []}, '1,200 letters cannot be judged here'],
  [
    {...OBSTACLE, parent: null, column: 'lat', distinct: 2, top: TOP},
    '1,200 letters would fail again; lat is a (800), b (400)',
  ],
  [{...OBSTACLE, parent: null, distinct: 0, top: []}, '1,200 letters would fail again'],
])('says what blocks letters: %#', (obstacle, words) => {
  expect(obstacleWords(obstacle)).toBe(words)
})

const NONE = {
  queue: 'q',
  table: 'public.t',
  matched: 0,
  passing: 0,
  failing: 0,
  unknown: 0,
  obstacles: [],
  several: 0,
  moreObstacles: 0,
  readFrom: null,
}

it.each([
  [{}, 'no dead letter is there to be asked about'],
  [{matched: 1, passing: 1}, 'it would be written to public.t now'],
  [{matched: 1, failing: 1}, 'it would fail again'],
  [{matched: 1, unknown: 1}, 'it cannot be judged here'],
  [
    {matched: 5000, passing: 1000, failing: 3999, unknown: 1},
    '1,000 of 5,000 dead letters would be written to public.t now; 3,999 would fail again; 1 cannot be judged here',
  ],
])('says what Postgres answered: %j', (figures, words) => {
  expect(verdictWords({...NONE, ...figures})).toBe(words)
})
