import {expect, it} from 'vitest'
import {readFromLines, readFromWords, underReadFrom} from '../../src/render/replica.ts'

it.each([
  [2048, 1, 'read from replica 10.0.0.1:6379: 2.0 KiB behind its primary, last heard of it 1 s ago'],
  [
    null,
    3,
    'read from replica 10.0.0.1:6379: its primary did not say how far it is behind, last heard of it 3 s ago',
  ],
  [0, null, 'read from replica 10.0.0.1:6379: 0 B behind its primary, not connected to it'],
])('says how old answers may be: %s bytes, %s s', (behindBytes, heardSecondsAgo, line) => {
  expect(readFromLines([{server: '10.0.0.1:6379', behindBytes, heardSecondsAgo}])).toEqual([line])
})

it('says it of each replica above a text, and nothing of a primary', () => {
  const lag = {behindBytes: 0, heardSecondsAgo: 0}
  const text = underReadFrom(
    [
      {server: 'a:1', ...lag},
      {server: 'b:2', ...lag},
    ],
    'a table',
  )
  expect(text).toBe(
    [
      'read from replica a:1: 0 B behind its primary, last heard of it 0 s ago',
      'read from replica b:2: 0 B behind its primary, last heard of it 0 s ago',
      'a table',
    ].join('\n'),
  )
  expect(underReadFrom(null, 'a table')).toBe('a table')
})

it.each([
  ['one', [[1536, 2]], 'replica s1:6379 1.5 KiB behind, heard 2 s ago'],
  [
    'the worst of several',
    [
      [10, 7],
      [1536, 2],
    ],
    '2 replicas at most 1.5 KiB behind, heard 7 s ago',
  ],
  [
    'one that nobody knows of',
    [
      [null, 7],
      [10, null],
    ],
    '2 replicas behind by an unknown amount, not connected',
  ],
] as const)('says it in a few words: %s', (_, lags, words) => {
  const readFrom = lags.map(([behindBytes, heardSecondsAgo], i) => ({
    server: `s${i + 1}:6379`,
    behindBytes,
    heardSecondsAgo,
  }))
  expect(readFromWords(readFrom)).toBe(words)
})
