import {expect, it} from 'vitest'
import {matchedInAll, windowWords} from '../../../src/page/letters/window-words.ts'

const WINDOW = {matched: 5000, searched: 5000, deadLetters: 1_000_000, next: 'x', notes: [], readFrom: null}
const ALL = {matched: 1, searched: 42, deadLetters: 42, next: null, notes: [], readFrom: null}

it.each([
  [WINDOW, '', 'newest 5,000 of 1,000,000 read', 1_000_000],
  [WINDOW, 'a:1', '5,000 match; newest 5,000 of 1,000,000 read', undefined],
  [ALL, '', 'all 42 dead letters searched', 42],
  [ALL, 'a:1', '1 matches; all 42 dead letters searched', 1],
  [{...WINDOW, searched: 1_000_000}, 'a:1', '5,000 match; all 1,000,000 dead letters searched', 5000],
  [{...ALL, matched: 0, searched: 0, deadLetters: 0}, '', 'no dead letters', 0],
])('says what was searched: %#', (window, where, words, matched) => {
  expect([windowWords(window, where), matchedInAll(window, where)]).toEqual([words, matched])
})
