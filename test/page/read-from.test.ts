import {expect, it} from 'vitest'
import {readFromLines} from '../../src/page/read-from.ts'

it('says of each replica how old its answers may be', () => {
  expect(readFromLines(null)).toEqual([])
  expect(
    readFromLines([
      {server: 'a:1', behindBytes: 1536, heardSecondsAgo: 2},
      {server: 'b:2', behindBytes: null, heardSecondsAgo: null},
    ]),
  ).toEqual([
    'read from replica a:1: 1.5 KiB behind its primary, last heard of it 2 s ago',
    'read from replica b:2: its primary did not say how far it is behind, not connected to it',
  ])
})
