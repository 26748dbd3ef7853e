import type {QueueRow} from '../../src/queue/survey/queue-row.ts'

/** The row of an empty queue, with some fields of its own. */
export function queueRow(fields: Partial<QueueRow>): QueueRow {
  return {
    queue: 'orders',
    engine: 'zset',
    readyKey: null,
    payload: null,
    shards: null,
    problem: null,
    ready: 0,
    leased: 0,
    overdueLeases: 0,
    deadLetters: 0,
    lastFailedAgoMs: null,
    oldestMs: null,
    paused: false,
    pauseEndsInMs: null,
    workers: 0,
    inPerSecond: null,
    outPerSecond: null,
    lastMinute: null,
    recentReady: [],
    memory: null,
    ...fields,
  }
}
