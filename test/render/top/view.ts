import {judgeRow} from '../../../src/monitor/judged-row.ts'
import {observe} from '../../../src/monitor/observe.ts'
import {readingOf} from '../../../src/monitor/reading.ts'
import type {QueueInspection} from '../../../src/queue/inspect.ts'
import type {QueueRow} from '../../../src/queue/survey/queue-row.ts'
import {UNICODE} from '../../../src/render/bench/signs.ts'
import {PLAIN} from '../../../src/render/style.ts'
import type {Place, TopView} from '../../../src/render/top/view.ts'
import {inspection} from '../../monitor/readings.ts'
import {queueRow} from '../../support/queue-row.ts'

/** A view of some queues, the first of which is chosen. */
export function topView(rows: Array<Partial<QueueRow>>, fields: Partial<TopView> = {}): TopView {
  const judged = rows.map((row) => judgeRow(queueRow(row), []))
  return {
    page: 'queues',
    server: '127.0.0.1:6379',
    readFrom: null,
    unreachable: [],
    at: '2026-11-26T10:00:00.000Z',
    rows: judged,
    queues: judged.length,
    backlogs: () => [1, 2, 3],
    chosen: judged.at(0)?.queue,
    observation: undefined,
    history: [],
    reason: undefined,
    sort: 'name',
    filter: '',
    isTyping: false,
    isHeld: false,
    trouble: undefined,
    question: undefined,
    message: undefined,
    ...fields,
  }
}

/** What is known of a queue that was read once. */
export function observation(fields: Partial<QueueInspection>) {
  const found = inspection(fields)
  return observe(found, [readingOf(found)])
}

export const place = (width: number, height: number): Place => ({width, height, style: PLAIN, signs: UNICODE})
