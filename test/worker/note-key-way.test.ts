import {expect, it} from 'vitest'
import type {KeyWay} from '../../src/sink/set-wise/way.ts'
import type {Sink} from '../../src/sink/sink.ts'
import {noteKeyWay} from '../../src/worker/note-key-way.ts'

const SET: KeyWay = {way: 'set', reasons: [], grant: null}
const ROWS: KeyWay = {way: 'rows', reasons: ['one thing', 'another'], grant: null}

/** What is said of a table that is read several times. */
function notesOf(first: KeyWay, ...later: KeyWay[]): string[] {
  const notes: string[] = []
  const {sinkChanged} = noteKeyWay([{name: 't', keys: first} as Sink], (text) => notes.push(text))
  for (const keys of later) sinkChanged?.({name: 't', keys} as Sink)
  return notes
}

it('says how foreign keys are checked once, and again only if that changes', () => {
  const notes = notesOf(SET, SET, ROWS, ROWS, SET)
  expect(notes.map((text) => text.includes('row by row: one thing; another'))).toEqual([false, true, false])
})

it('names the grant that would help, and says nothing of a table without foreign keys', () => {
  expect(notesOf({...ROWS, grant: 'GRANT x'})[0]).toMatch(/; as a superuser: GRANT x$/)
  expect(notesOf({way: 'none', reasons: [], grant: null})).toEqual([])
})
