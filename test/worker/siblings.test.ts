import {expect, it} from 'vitest'
import type {WorkEvent} from '../../src/worker/events.ts'
import {Siblings} from '../../src/worker/siblings.ts'

function heard() {
  const told: WorkEvent[] = []
  const siblings = new Siblings((event) => told.push(event), {workers: 6, processes: 2})
  const say = (process: number, workEvent: object) => siblings.reported(process, {workEvent})
  return {siblings, told, say}
}

it('says once what several processes say, and again what happens again', () => {
  const {told, say} = heard()
  const down = {event: 'server', server: 'redis', state: 'down', error: 'away'}
  const back = {event: 'server', server: 'redis', state: 'back', error: null}
  for (const event of [down, back, down]) for (const process of [0, 1]) say(process, event)
  for (const process of [0, 1]) say(process, {event: 'note', message: 'n'})
  expect(told).toEqual([down, back, down, {event: 'note', message: 'n'}])
})

it('begins with all workers, and leaves out the sums of one process', () => {
  const {told, say} = heard()
  for (const process of [0, 1]) say(process, {event: 'started', workers: 3, processes: 1, queue: 'q'})
  say(0, {event: 'progress'})
  say(0, {event: 'stopped'})
  expect(told).toEqual([{event: 'started', workers: 6, processes: 2, queue: 'q'}])
})

it('names each unknown key once', () => {
  const {told, say} = heard()
  const keys = (...names: string[]) => names.map((key) => ({key, example: '1', isGenerated: false}))
  say(0, {event: 'unknown_keys', table: 't', keys: keys('a', 'b')})
  say(1, {event: 'unknown_keys', table: 't', keys: keys('b', 'c')})
  say(1, {event: 'unknown_keys', table: 't', keys: keys('a')})
  expect(told).toMatchObject([{keys: keys('a', 'b')}, {keys: keys('c')}])
})

it('adds up what they have done, and knows the depth that was seen last', async () => {
  const {siblings} = heard()
  await expect(siblings.depth()).rejects.toThrow()
  const counts = {
    items: 1,
    inserted: 2,
    updated: 1,
    superseded: 2,
    deleted: 0,
    alreadyGone: 0,
    alreadyThere: 3,
    suppressed: 4,
    deadLettered: 5,
    tables: {},
  }
  siblings.reported(0, {workProgress: {...counts, ready: 7}})
  siblings.reported(0, {workProgress: {...counts, items: 10, ready: 7}})
  siblings.reported(1, {workProgress: {...counts, ready: null}})
  siblings.reported(1, {metrics: [], failed: []})
  expect(siblings.counts()).toEqual({
    items: 11,
    inserted: 4,
    updated: 2,
    superseded: 4,
    deleted: 0,
    alreadyGone: 0,
    alreadyThere: 6,
    suppressed: 8,
    deadLettered: 10,
    tables: {},
  })
  expect(await siblings.depth()).toBe(7)
})
