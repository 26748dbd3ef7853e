import {expect, it} from 'vitest'
import {EventReader} from '../../src/page/sse.ts'

const STREAM =
  ': alive\n\nevent: queues\ndata: [1]\n\nevent: trouble\r\ndata: {"a":\r\ndata: 2}\r\n\r\ndata: x: y\n\n'
const EVENTS = [
  {event: 'queues', data: '[1]'},
  {event: 'trouble', data: '{"a":\n2}'},
  {event: 'message', data: 'x: y'},
]

it.each([1, 2, 3, 7, STREAM.length])('reads the same events in pieces of %i characters', (size) => {
  const reader = new EventReader()
  const events = []
  for (let i = 0; i < STREAM.length; i += size) events.push(...reader.read(STREAM.slice(i, i + size)))
  expect(events).toEqual(EVENTS)
})

it('holds back an event that is not whole', () => {
  const reader = new EventReader()
  expect(reader.read('data: 1\n')).toEqual([])
  expect(reader.read('\n')).toEqual([{event: 'message', data: '1'}])
})
