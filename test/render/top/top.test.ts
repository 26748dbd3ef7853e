import {stripVTControlCharacters} from 'node:util'
import stringWidth from 'string-width'
import {describe, expect, it} from 'vitest'
import {ASCII} from '../../../src/render/bench/signs.ts'
import {COLOURED, styleFor} from '../../../src/render/style.ts'
import {renderTop} from '../../../src/render/top/top.ts'
import type {TopView} from '../../../src/render/top/view.ts'
import {workerState} from '../../support/worker-state.ts'
import {observation, place, topView} from './view.ts'

const HOSTILE = '\x1b]0;owned\x07\x1b[2J\u202egnp.exe 漢字🙂\ud800\n\t'

const worker = (host: string) =>
  workerState(`${host}:1:a`, {host, workers: 4, postgres: 'open', recordsPerSecond: 1234.5})

/** A queue of which everything is hostile, long or large. */
const full = observation({
  ready: 1_234_567,
  workers: Array.from({length: 30}, (_, i) => worker(`${HOSTILE}-${i}`)),
  deadLetters: 5000,
  deadLettersByReason: Object.fromEntries(Array.from({length: 30}, (_, i) => [`${HOSTILE}${i}`, i + 1])),
  slowlog: Array.from({length: 10}, (_, id) => ({
    id,
    at: '2026-11-26T10:00:00Z',
    micros: 1e6,
    command: HOSTILE,
  })),
  server: {
    usedBytes: 9e9,
    peakBytes: 9e9,
    maxBytes: 1e10,
    policy: HOSTILE,
    fragmentation: 1.5,
    clients: {connected: 5000, blocked: 1, max: 10_000},
  },
})

const rows = Array.from({length: 100}, (_, i) => ({queue: `q-${i}`.padEnd(128, 'x'), ready: i * 1e9}))
const VIEWS: Array<[string, Partial<TopView>]> = [
  ['the list', {}],
  ['one queue', {page: 'queue'}],
  ['help', {page: 'help'}],
  ['a question', {question: HOSTILE.repeat(9)}],
  ['a message', {message: HOSTILE.repeat(9)}],
  ['a filter that is typed', {filter: HOSTILE.repeat(9), isTyping: true}],
  ['a list that is held', {isHeld: true, filter: HOSTILE}],
  ['trouble', {trouble: {tried: HOSTILE, message: HOSTILE, since: '', nextTryMs: 9, forMs: 9}}],
  ['nothing read yet', {rows: undefined, observation: undefined, chosen: undefined}],
]

describe.each(VIEWS)('%s', (_, fields) => {
  const view = topView(rows, {observation: full, ...fields})

  it.each([
    [80, 24],
    [200, 50],
    [60, 15],
    [20, 5],
    [3, 2],
    [1, 1],
  ])('fills %i x %i exactly, without anything that controls the terminal', (width, height) => {
    const lines = renderTop(view, place(width, height))
    expect(lines).toHaveLength(height)
    for (const line of lines) {
      expect(stringWidth(line)).toBe(width)
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\ud800-\udbff](?![\udc00-\udfff])/u)
    }
  })

  it('has the same text with colours, whose codes are whole and end on their line', () => {
    const coloured = renderTop(view, {...place(80, 24), style: COLOURED})
    expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(renderTop(view, place(80, 24)))
    for (const line of coloured) expect(line).not.toMatch(/\x1b\[(?!\d+(;\d+)*m)/)
  })
})

describe('the list', () => {
  it('shows each queue with its verdict and its figures', () => {
    const view = topView([{queue: 'mail', ready: 5000, oldestMs: 90_500, deadLetters: 3, inPerSecond: 12.4}])
    const [, , reason, titles, row] = renderTop(view, place(100, 24))
    expect(reason.trim()).toBe('mail: 5,000 items wait and no worker has reported for 15 s')
    expect(titles.trim().split(/ {2,}/)).toEqual([
      'queue',
      'state',
      'ready',
      'leased',
      'oldest',
      'in/s',
      'out/s',
      'dead',
      'workers',
      'backlog',
    ])
    expect(row.trimEnd()).toEqual(
      expect.stringMatching(/^> mail {3}!! no workers {2}5,000 {7}0 {2}1 m 31 s {4}12 {6}- {5}3 {8}0 +▃▆█$/),
    )
  })

  it('drops what matters least where it is narrow, and keeps ready and dead', () => {
    const [, , , titles] = renderTop(topView([{queue: 'mail', ready: 5000}]), place(50, 10))
    expect(titles.trim().split(/ {2,}/)).toEqual(['queue', 'state', 'ready', 'dead', 'workers'])
  })

  it('keeps the chosen queue in sight', () => {
    const view = topView(
      Array.from({length: 50}, (_, i) => ({queue: `q${i}`})),
      {chosen: 'q49'},
    )
    expect(renderTop(view, place(80, 12)).join('\n')).toMatch(/q48.*> q49/s)
  })

  it('says that no name has the filter in it', () => {
    expect(renderTop(topView([], {filter: 'x'}), place(80, 10))[3]).toContain('no queue has "x" in its name')
  })

  it('has the page of the chosen queue below it where there is room', () => {
    const view = topView([{queue: 'mail'}], {observation: observation({deadLettersByReason: {invalid: 7}})})
    expect(renderTop(view, place(80, 24)).join('\n')).toContain('invalid')
    expect(renderTop(view, place(80, 12)).join('\n')).not.toContain('invalid')
  })
})

describe('the page of a queue', () => {
  const view = topView([{queue: 'mail'}], {page: 'queue', observation: full, reason: `${HOSTILE}29`})

  it('names the library that wrote the items, and the shards, on the page of a queue', () => {
    const spread = {shards: 3, shardBy: 'customer', move: null, each: []}
    const shown = observation({queue: 'orders', payload: 'celery', spread})
    const orders = topView([{queue: 'orders'}], {observation: shown, page: 'queue'})
    const text = renderTop(orders, place(120, 30)).join('\n').replaceAll('\u00a0', ' ')
    expect(text).toContain('jobs of celery   3 shards by customer')
  })

  it('has workers with host, process and servers, and how many are not shown', () => {
    const page = observation({workers: [worker('db-1.example')], slowlog: [], deadLetters: 0})
    const text = renderTop({...view, observation: page}, place(100, 30)).join('\n')
    expect(text).toMatch(/worker host +pid +workers +records\/s +Redis +Postgres +version/)
    expect(text).toMatch(/db-1\.example +4711 +4 +1,23[45] +ok +away +1\.2\.3/)
    expect(text).toContain('slow log: empty')
    expect(renderTop(view, place(100, 30)).join('\n')).toMatch(/worker host.*\(\d+ more\)/)
  })

  it('marks the chosen reason, which keys act on, and keeps it in sight', () => {
    expect(renderTop(view, place(100, 20)).filter((line) => line.startsWith('> '))).toEqual([
      expect.stringMatching(/^> .* 30 /),
    ])
  })

  it('says when there are no readings, since when, and when it tries again', () => {
    const trouble = {
      tried: 'reading queue mail',
      message: 'connection refused',
      since: '',
      nextTryMs: 1200,
      forMs: 61_000,
    }
    expect(renderTop({...view, trouble}, place(120, 20))[1].trim()).toBe(
      'NO READINGS for 1 m 1 s: reading queue mail: connection refused; next try in 2.0 s',
    )
  })

  it('is drawn in ASCII where the terminal has no other characters', () => {
    const history = [0, 5, 10].map((ready, i) => ({
      ...{atMs: i * 1000, ready, leased: 0, deadLetters: 0, oldestMs: null},
      ...{in: null, out: null},
    }))
    const page = observation({ready: 10})
    const text = renderTop({...view, observation: page, history}, {...place(80, 24), signs: ASCII}).join('\n')
    expect(text).toMatch(/backlog.* _=# +10/)
  })
})

it('has no colours with NO_COLOR, on a dumb terminal, and in a file', () => {
  const isColoured = (env: Record<string, string>, isTerminal: boolean) =>
    styleFor(env, isTerminal).critical('x') !== 'x'
  expect(isColoured({}, true)).toBe(true)
  expect(isColoured({NO_COLOR: '1'}, true)).toBe(false)
  expect(isColoured({TERM: 'dumb'}, true)).toBe(false)
  expect(isColoured({}, false)).toBe(false)
})
