import {describe, expect, it} from 'vitest'
import {press, type Seen} from '../../../src/cli/top/press.ts'
import {initialState, selectRows, settled, type TopState} from '../../../src/cli/top/state.ts'
import {judgeRow} from '../../../src/monitor/judged-row.ts'
import {queueRow} from '../../support/queue-row.ts'

const rows = [
  {queue: 'images', ready: 5, workers: 1},
  {queue: 'mail', ready: 9},
  {queue: 'orders', ready: 1, workers: 1, oldestMs: 3_600_000},
].map((row) => judgeRow(queueRow(row), []))
const seen: Seen = {
  rows,
  reasons: [
    ['invalid', 30],
    ['foreign_key', 1],
  ],
}
const start: TopState = {
  ...initialState({queue: undefined, sort: 'name'}),
  chosen: 'images',
  reason: 'invalid',
}

/** The state and the last wish after some keys. */
function pressed(keys: string[], from: TopState = start) {
  let state = from
  let wish: ReturnType<typeof press>['wish']
  for (const key of keys) ({state, wish} = press(state, key, seen))
  return {state, wish}
}

describe('the display', () => {
  it('moves the choice within the list', () => {
    expect(pressed(['j']).state.chosen).toBe('mail')
    expect(pressed(['down', 'down', 'down', 'k']).state.chosen).toBe('mail')
    expect(pressed(['G']).state.chosen).toBe('orders')
    expect(pressed(['page-down', 'g']).state.chosen).toBe('images')
    expect(pressed(['up']).state.chosen).toBe('images')
  })

  it('opens a queue, in which the choice is a reason, and goes back', () => {
    expect(pressed(['enter']).state.page).toBe('queue')
    expect(pressed(['enter', 'j']).state).toMatchObject({chosen: 'images', reason: 'foreign_key'})
    expect(pressed(['enter', 'escape']).state.page).toBe('queues')
    expect(pressed(['enter', '?']).state.page).toBe('help')
    expect(pressed(['enter', '?', 'escape']).state.page).toBe('queue')
  })

  it('filters by what is typed, without taking it for commands', () => {
    expect(pressed(['/', 'q', 'P', 'x', 'backspace']).state).toMatchObject({filter: 'qP', isTyping: true})
    expect(pressed(['/', 'A', 'enter']).state).toMatchObject({filter: 'A', isTyping: false})
    expect(pressed(['/', 'a', 'escape']).state).toMatchObject({filter: '', isTyping: false})
    expect(selectRows(rows, {...start, filter: 'AI'}).map(({queue}) => queue)).toEqual(['mail'])
  })

  it('sorts, the worst verdict first or by a figure', () => {
    const names = (sort: TopState['sort']) => selectRows(rows, {...start, sort}).map(({queue}) => queue)
    expect(names('state')).toEqual(['mail', 'orders', 'images'])
    expect(names('ready')).toEqual(['mail', 'images', 'orders'])
    expect(pressed(['s']).state.sort).toBe('ready')
    expect(pressed(['S', 'S']).state.sort).toBe('workers')
  })

  it('is held and goes on', () => {
    expect(pressed([' ']).state.isHeld).toBe(true)
    expect(pressed([' ', ' ']).state.isHeld).toBe(false)
  })

  it('quits, is interrupted and suspended, the last two even at a question', () => {
    expect(pressed(['q']).wish).toEqual({do: 'quit'})
    expect(pressed(['P', 'ctrl-c']).wish).toEqual({do: 'interrupt'})
    expect(pressed(['/', 'ctrl-z']).wish).toEqual({do: 'suspend'})
  })
})

describe('what changes a queue', () => {
  it.each([
    ['P', 'pause', ''],
    ['R', 'resume', ''],
  ])('%s asks, and only y goes on', (key, action, reason) => {
    const {state, wish} = pressed([key])
    expect(wish).toBeUndefined()
    expect(state.proposal).toMatchObject({
      action,
      queue: 'images',
      question: expect.stringContaining('images'),
    })
    expect(pressed([key, 'y']).wish).toMatchObject({do: 'act', action, queue: 'images', reason})
    for (const no of ['n', 'enter', 'escape', ' ', 'q', 'j']) {
      expect(pressed([key, no])).toMatchObject({state: {message: 'nothing was changed'}, wish: undefined})
    }
  })

  it('X replays the chosen reason, on the page that shows it', () => {
    expect(pressed(['X']).state.proposal).toBeUndefined()
    expect(pressed(['enter', 'X']).state.proposal?.question).toBe(
      'Replay all 30 dead letters of invalid into images, a canary of 20 first?',
    )
    expect(pressed(['enter', 'j', 'X', 'y']).wish).toMatchObject({action: 'replay', reason: 'foreign_key'})
    expect(pressed(['enter', 'X'], {...start, reason: undefined}).state.message).toContain('no dead letters')
  })

  it('keeps to the queue and the reason of the question, whatever the display shows by then', () => {
    const asked = pressed(['enter', 'X']).state
    const moved = {...asked, chosen: 'mail', reason: 'foreign_key'}
    expect(pressed(['y'], moved).wish).toMatchObject({queue: 'images', reason: 'invalid'})
  })

  it.each(['p', 'r', 'x'])('%s does nothing', (key) => {
    expect(pressed(['enter', key]).state).toMatchObject({proposal: undefined, page: 'queue'})
  })
})

it('chooses the first queue and reason in place of those that are gone', () => {
  const state = {...start, chosen: 'gone', reason: 'gone'}
  expect(settled(state, {rows, reasons: ['a']})).toMatchObject({chosen: 'images', reason: 'a'})
  expect(settled(state, {rows: [], reasons: []})).toMatchObject({chosen: undefined, reason: undefined})
  // The page of a queue stays, be it on the list or not
  expect(settled({...state, page: 'queue'}, {rows, reasons: []}).chosen).toBe('gone')
})
