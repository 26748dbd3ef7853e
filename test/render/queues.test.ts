import {describe, expect, it} from 'vitest'
import type {QueueRow} from '../../src/queue/survey/queue-row.ts'
import type {QueueList} from '../../src/queue/survey/queue-survey.ts'
import {renderQueues} from '../../src/render/queues.ts'
import {queueRow} from '../support/queue-row.ts'

const listOf = (queues: QueueRow[], more: Partial<QueueList> = {}): QueueList => ({
  queues,
  ratesOverMs: null,
  foreign: {keys: 0, examples: []},
  keys: 5,
  readFrom: null,
  ...more,
})

/** Queues of every kind. */
const mixed = (length: number) =>
  Array.from({length}, (_, i) =>
    queueRow(
      [
        {queue: `queue-${i}`, ready: 1_234_567, leased: 12_000, deadLetters: 4321, oldestMs: 86_000_000},
        {queue: `q${i}`, inPerSecond: 12_345.6, outPerSecond: 0, workers: 10},
        {queue: `${'n'.repeat(124)}${i}`.slice(0, 128), paused: true, pauseEndsInMs: 586_000},
        {
          queue: `list-${i}`,
          engine: 'list',
          problem: 'not supported',
          ready: null,
          leased: null,
          workers: null,
        },
        {queue: `late-${i}`, overdueLeases: 2},
      ][i % 5],
    ),
  )

describe.each([80, 120, 200])('at %d columns', (width) => {
  it.each([1, 30, 1000])('shows each of %d queues on a line that fits', (length) => {
    const lines = renderQueues(listOf(mixed(length), {ratesOverMs: 1000}), {width}).split('\n')
    const table = lines.filter((line) => line.startsWith(' ') && !line.startsWith(' columns hidden'))
    expect(table).toHaveLength(length + 1)
    for (const line of table) expect(line.length).toBeLessThanOrEqual(width)
  })
})

it('shows everything where there is room', () => {
  const memory = {ready: {bytes: 2048, isEstimate: true}, deadLetters: {bytes: 0, isEstimate: false}}
  const rows = [
    queueRow({
      queue: 'a',
      ready: 12,
      inPerSecond: 5,
      outPerSecond: 1234,
      oldestMs: 90_500,
      workers: 10,
      memory,
    }),
    queueRow({queue: 'b', paused: true, overdueLeases: 1, leased: 3, deadLetters: 1}),
    queueRow({
      queue: 'c',
      engine: 'hash',
      problem: 'not a queue',
      ready: null,
      leased: null,
      deadLetters: null,
    }),
  ]
  expect(renderQueues(listOf(rows, {ratesOverMs: 1000}), {width: 200})).toBe(
    `3 queues: 12 ready, 3 leased, 1 dead letter; rates over 1.0 s
 queue  engine  ready  leased  dead    oldest  in/s  out/s  workers    memory  state
 a      zset       12       0     0  1 m 31 s     5  1,234       10  ~2.0 KiB
 b      zset        0       3     1         -     -      -        0         -  paused, 1 lease overdue
 c      hash        -       -     -         -     -      -        0         -  not a queue`,
  )
})

it('names the columns for which there is no room', () => {
  expect(renderQueues(listOf(mixed(5)), {width: 80})).toMatch(/columns hidden: .*in\/s, out\/s/)
})

it('fits the lines of a terminal, and says how many queues it leaves out', () => {
  const text = renderQueues(listOf(mixed(1000), {foreign: {keys: 1, examples: ['a b']}}), {
    width: 80,
    height: 24,
  })
  expect(text.split('\n').length).toBeLessThan(24)
  expect(text).toContain('and 983 more queues; --sort and --match choose')
})

it.each([
  [{keys: 0}, undefined, 'this Redis is empty; "qtool enqueue'],
  [{keys: 12_345}, undefined, 'no queue among the 12,345 keys of this Redis; "qtool enqueue'],
  [{keys: null}, undefined, 'no queue on this Redis yet; "qtool enqueue'],
  [{keys: 3}, 'x*', 'no queue matches "x*"; "qtool queues"'],
])('says what to do where there is no queue: %j, %s', (more, match, text) => {
  expect(renderQueues(listOf([], more), {width: 80, match})).toContain(text)
})

it('escapes the names of foreign keys, and cuts them', () => {
  const examples = ['\u001b[31m', '\u202e\u009b', 'n'.repeat(5000)]
  const text = renderQueues(listOf([], {foreign: {keys: 7, examples}}), {width: 80})
  expect(text).toContain('7 keys under "queue:" have names')
  expect(text).toContain('"\\u001b[31m", "\\u202e\\u009b"')
  expect(text.length).toBeLessThan(400)
})
