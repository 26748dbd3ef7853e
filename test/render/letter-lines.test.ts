import {expect, it} from 'vitest'
import type {PastFailure} from '../../src/queue/letters/dead-letter.ts'
import type {DeadLetterView} from '../../src/queue/letters/letter.ts'
import {renderLetters} from '../../src/render/letter-lines.ts'
import {PLAIN} from '../../src/render/style.ts'

const failed = {failedAt: '2026-11-27T11:00:00.000Z', reason: 'invalid', code: '22P02', message: 'no number'}
const edit = {failedAt: '2026-11-27T12:30:00.000Z', reason: 'edited', code: null, message: 'by root@vm'}

function linesOf(history: PastFailure[]): string[] {
  const place = {column: null, constraint: null, table: null, detail: null}
  const letter = {...failed, ...place, id: 'l:1', history, payload: '{}', payloadEncoding: 'utf8'}
  return renderLetters([letter as unknown as DeadLetterView], 80, PLAIN).split('\n')
}

it('marks the error of a letter that was edited since as that of its old payload', () => {
  expect(linesOf([edit])).toEqual([
    ' 2026-11-27 11:00:00Z  l:1  edited 2026-11-27 12:30:00Z, failed before that for',
    '   invalid: no number',
  ])
})

it.each([[[]], [[edit, failed]]])('says nothing of one that failed as it is: %j', (history) => {
  expect(linesOf(history)[0]).toBe(' 2026-11-27 11:00:00Z  l:1')
})
