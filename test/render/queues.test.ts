import {describe, expect, it} from 'vitest'
import {judgeRow} from '../../src/monitor/judged-row.ts'
import type {JudgedList} from '../../src/monitor/survey-monitor.ts'
import type {QueueRow} from '../../src/queue/survey/queue-row.ts'
import type {ListPlace} from '../../src/render/list-place.ts'
import {renderQueues} from '../../src/render/queues.ts'
import {COLOURED, PLAIN} from '../../src/render/style.ts'
import {queueRow} from '../support/queue-row.ts'

const listOf = (queues: QueueRow[], more: Partial<JudgedList> = {}): JudgedList => ({
  queues: queues.map((row) => judgeRow(row, [])),
  ratesOverMs: null,
  foreign: {keys: 0, examples: []},
  keys: 5,
  readFrom: null,
  unreachable: [],
  ...more,
})

const show = (list: JudgedList, place: Partial<ListPlace>) =>
  renderQueues(list, {width: 80, style: PLAIN, ...place})

/** Records a second over the last minute. */
const minute = (inPerSecond: number, outPerSecond: number, refusedPerSecond = 0) => ({
  lastMinute: {inPerSecond, outPerSecond, refusedPerSecond},
})

/** Queues of every kind. */
const mixed = (length: number) =>
  Array.from({length}, (_, i) =>
    queueRow(
      [
        {queue: `queue-${i}`, ready: 1_234_567, leased: 12_000, deadLetters: 4321, oldestMs: 86_000_000},
        {queue: `q${i}`, ...minute(12_345.6, 0), workers: 10},
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

describe.each([50, 80, 120, 200])('at %d columns', (width) => {
  it.each([1, 30, 1000])('shows each of %d queues on a line that fits', (length) => {
    const lines = show(listOf(mixed(length)), {width}).split('\n')
    const first = lines.findIndex((line) => line.startsWith(' queue'))
    for (const row of lines.slice(first, first + length + 1)) expect(row).toMatch(/^ [a-z]/)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
  })
})

it('shows everything where there is room', () => {
  const memory = {ready: {bytes: 2048, isEstimate: true}, deadLetters: {bytes: 0, isEstimate: false}}
  const rows = [
    queueRow({
      queue: 'a',
      ready: 12,
      ...minute(5.04, 1234, 0.004),
      recentReady: [0, 5, 10, 15, 20].map((s) => ({atMs: s * 1000, items: 32 - s})),
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
  expect(show(listOf(rows), {width: 200})).toBe(
    `3 queues: 12 ready, 3 leased, 1 dead letter; records/s of the last minute
 queue  state                 empty in     ready  leased  dead    oldest  in/s  out/s  refused/s  workers    memory  engine
 a      !  dead letters       12 s ± 15 s     12       0     0  1 m 31 s   5.0  1,234       <0.1       10  ~2.0 KiB  zset
 b         paused, 1 overdue  paused           0       3     1         -     -      -          -        0         -  zset
 c      !  not a queue        -                -       -     -         -     -      -          -        0         -  hash
a: <0.1/s become dead letters`,
  )
})

it('shows what has changed since the list before', () => {
  const before = listOf([queueRow({queue: 'a', ready: 10, deadLetters: 1}), queueRow({queue: 'b', ready: 5})])
  const now = listOf([queueRow({queue: 'a', ready: 1500, deadLetters: 0}), queueRow({queue: 'b', ready: 5})])
  const lines = show(now, {width: 120, before}).split('\n')
  expect(lines.find((line) => line.startsWith(' a '))).toMatch(/ 1,500 +\+1,490 .* 0 +-1 /)
  expect(lines.find((line) => line.startsWith(' b '))).not.toMatch(/[+-]\d/)
})

it('tells long names apart by their ends', () => {
  const rows = ['eu', 'us'].map((end) => queueRow({queue: `orders-${'of-a-shop-'.repeat(9)}${end}`}))
  const text = show(listOf(rows), {width: 50})
  expect(text).toMatch(/^ orders.*….*eu /m)
  expect(text).toMatch(/^ orders.*….*us /m)
})

it('marks by colour what has words as well', () => {
  const rows = [queueRow({queue: 'bad', ready: 1}), queueRow({queue: 'fine', ready: 1, workers: 1})]
  const text = show(listOf(rows), {style: COLOURED})
  expect(text).toContain('\u001b[1;37;41m!! no workers')
  expect(text).toContain('\u001b[32m')
})

it('names the columns for which there is no room', () => {
  expect(show(listOf(mixed(5)), {width: 80})).toMatch(/columns hidden: .*engine/s)
})

it('fits the lines of a terminal, and says how many queues it leaves out', () => {
  const text = show(listOf(mixed(1000), {foreign: {keys: 1, examples: ['a b']}}), {
    width: 80,
    height: 24,
  })
  expect(text.split('\n').length).toBeLessThan(24)
  expect(text).toContain('and 985 more queues; --sort and --match choose')
})

it.each([
  [{keys: 0}, undefined, 'this Redis is empty; "qtool enqueue'],
  [{keys: 12_345}, undefined, 'no queue among the 12,345 keys of this Redis; "qtool enqueue'],
  [{keys: null}, undefined, 'no queue on this Redis yet; "qtool enqueue'],
  [{keys: 3}, 'x*', 'no queue matches "x*"; "qtool queues"'],
])('says what to do where there is no queue: %j, %s', (more, match, text) => {
  expect(show(listOf([], more), {width: 120, match})).toContain(text)
})

it('escapes the names of foreign keys, and cuts them', () => {
  const examples = ['\u001b[31m', '\u202e\u009b', 'n'.repeat(5000)]
  const text = show(listOf([], {foreign: {keys: 7, examples}}), {width: 80})
  expect(text).toContain('7 keys under "queue:" have names')
  expect(text).toContain('"\\u001b[31m", "\\u202e\\u009b"')
  expect(text.length).toBeLessThan(400)
})
