import {expect, it} from 'vitest'
import {renderLag} from '../../src/render/replica.ts'

it.each([
  [2048, 1, 'read from replica 10.0.0.1:6379: 2.0 KiB behind its primary, last heard of it 1 s ago'],
  [
    null,
    3,
    'read from replica 10.0.0.1:6379: its primary did not say how far it is behind, last heard of it 3 s ago',
  ],
  [0, null, 'read from replica 10.0.0.1:6379: 0 B behind its primary, out of touch with it'],
])('says how old answers may be: %s bytes, %s s', (behindBytes, heardSecondsAgo, line) => {
  expect(renderLag({server: '10.0.0.1:6379', behindBytes, heardSecondsAgo})).toBe(line)
})
