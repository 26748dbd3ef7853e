import {expect, it} from 'vitest'
import {continuation} from '../../src/producer/enqueue-progress.ts'
import {InputPosition} from '../../src/producer/input-position.ts'
import {emptyResult} from '../../src/producer/load-options.ts'
import type {Producer} from '../../src/queue/producer.ts'

/** A producer whose chunks land when a test says so; each record is a chunk. */
function producing() {
  let chunks = 0
  let landed = 0
  const producer = {
    mark: () => [chunks],
    hasSettled: ([mark]: readonly number[]) => landed >= mark,
  } as unknown as Producer
  const position = new InputPosition()
  const take = (source: string, records: number) => {
    chunks += records
    position.took(producer, {source, records, isHolding: false})
  }
  const land = (count: number) => {
    landed = count
  }
  return {position, take, land}
}

const left = (position: InputPosition, names: string[], unsent = 1) =>
  continuation({...emptyResult(), unsent}, {names, isLive: false, position})

it('continues behind the last record before which all is sent, and says what may be there twice', () => {
  const {position, take, land} = producing()
  take('a', 10)
  take('a', 5)
  land(15)
  take('a', 5)
  expect(left(position, ['a'])).toEqual({
    args: ['a'],
    flags: {skip: '15'},
    caution: 'of the 5 records behind that, some may be in the queue already',
  })
  expect(left(position, ['a'], 0)).toEqual({args: ['a'], flags: {skip: '20'}, caution: undefined})
})

it('leaves out the files that are done, and counts in the one that is not', () => {
  const {position, take} = producing()
  position.skipped('a', 4)
  position.skipped('b', 3)
  take('b', 2)
  position.finished()
  expect(left(position, ['a', 'b', 'c'], 0)).toMatchObject({args: ['b', 'c'], flags: {skip: '5'}})
  expect(left(position, ['a', 'b', 'a'], 0)).toEqual({flags: {skip: '9'}, caution: undefined})
})

it('begins at the beginning if nothing was sent', () => {
  const {position, take} = producing()
  expect(left(position, ['a'], 0)).toEqual({flags: {skip: null}, caution: undefined})
  take('a', 3)
  expect(left(position, ['a'])).toMatchObject({flags: {skip: null}})
})

it('cannot continue a pipe', () => {
  const {position, take} = producing()
  take('stdin', 3)
  expect(left(position, ['-'], 0).instead).toContain('--skip 3')
})
