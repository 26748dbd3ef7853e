import type {Observation} from '../monitor/observation.ts'
import {type ScaleOptions, scaleOf} from '../monitor/scale.ts'
import type {QueueInspection} from '../queue/inspect.ts'
import {DEAD_REASONS} from '../record/cause.ts'
import {OUTCOME_NAMES, OUTCOMES} from '../record/outcomes.ts'

/** A metric that is read from what was observed. */
export interface Series<From> {
  name: string
  help: string
  type: 'gauge' | 'counter'
  /** Names of its labels, besides `queue`. */
  labels: readonly string[]
  /** Values with their labels; none where the value is not known. */
  read(from: From): Array<[labels: Record<string, string>, value: number]>
}

type QueueSeries = Series<Observation>

/** What is told of each queue. */
export const QUEUE_SERIES: readonly QueueSeries[] = [
  {
    name: 'qtool_queue_items',
    help: 'Items that are ready, leased to workers, or dead letters; of a queue that is spread, those of each shard.',
    type: 'gauge',
    labels: ['state', 'shard'],
    read: itemsByState,
  },
  one('qtool_queue_oldest_seconds', 'Age of the item that leaves next.', ({inspection: {oldestMs}}) =>
    oldestMs === null ? undefined : oldestMs / 1000,
  ),
  one('qtool_queue_leases', 'Leases that workers hold.', ({inspection}) => inspection.leases),
  one(
    'qtool_queue_overdue_leases',
    'Leases whose deadline has passed, and that nobody has taken over yet.',
    ({inspection}) => inspection.overdueLeases,
  ),
  one('qtool_queue_paused', '1 while no worker takes a lease, because the queue is paused.', ({inspection}) =>
    Number(inspection.paused),
  ),
  one(
    'qtool_queue_drain_seconds',
    'Until the queue is empty, if it goes on like this; absent if it will not drain.',
    ({forecast}) =>
      forecast.state === 'clears' ? forecast.seconds : forecast.state === 'empty' ? 0 : undefined,
  ),
  one('qtool_queue_growing', '1 while more items come than leave.', ({forecast}) =>
    Number(forecast.state === 'grows'),
  ),
  one('qtool_queue_stalled', '1 while items wait and nothing changes.', ({forecast}) =>
    Number(forecast.state === 'stalled'),
  ),
  one('qtool_queue_workers', 'Leases that the living worker processes work on in parallel.', ({inspection}) =>
    inspection.workers.reduce((sum, {workers}) => sum + workers, 0),
  ),
  one(
    'qtool_queue_worker_processes',
    'Worker processes that have reported lately.',
    ({inspection}) => inspection.workers.length,
  ),
  {
    name: 'qtool_queue_records_total',
    help: 'Records of the queue since it exists, as counted in Redis; duplicates of waiting items are not counted.',
    type: 'counter',
    labels: ['outcome'],
    read: ({inspection: {totals}}) =>
      by('outcome', {
        enqueued: totals.enqueued,
        ...Object.fromEntries(OUTCOME_NAMES.map((outcome) => [OUTCOMES[outcome], totals[outcome]])),
        dead_lettered: totals.deadLettered,
      }),
  },
  one(
    'qtool_queue_empty_items_total',
    'Items of the queue since it exists in which workers have found no record.',
    ({inspection}) => inspection.totals.empty,
    'counter',
  ),
  {
    name: 'qtool_dead_letters',
    help: 'Dead letters by reason; other are those of other programs.',
    type: 'gauge',
    labels: ['reason'],
    read: lettersByReason,
  },
  {
    name: 'qtool_queue_memory_bytes',
    help: 'Memory of the ready items and of the dead letters, estimated from a sample.',
    type: 'gauge',
    labels: ['state'],
    read: ({inspection: {memory}}) => [
      ...(memory.ready ? by('state', {ready: memory.ready.bytes}) : []),
      ...(memory.deadLetters ? by('state', {dead: memory.deadLetters.bytes}) : []),
    ],
  },
  one(
    'qtool_queue_observed_timestamp_seconds',
    'When all this was read, by the clock of Redis.',
    ({inspection}) => Date.parse(inspection.at) / 1000,
  ),
]

/** How many workers are enough, for whoever starts and ends them. */
export function wantedWorkers(scale: ScaleOptions): QueueSeries {
  return one(
    'qtool_queue_wanted_workers',
    'Workers that drain the backlog in time, as GET /queue/NAME/scale says.',
    (observation) => scaleOf(observation, scale).wantedWorkers,
  )
}

/** Those of a queue that is spread are told by shard alone: a sum over all series counts each item once. */
function itemsByState({inspection}: Observation): ReturnType<QueueSeries['read']> {
  const {spread} = inspection
  if (!spread) return byState(inspection)
  return spread.each.flatMap((one) =>
    byState(one).map(([labels, value]): [Record<string, string>, number] => [
      {...labels, shard: one.queue},
      value,
    ]),
  )
}

function byState({
  ready,
  leased,
  deadLetters,
}: Pick<QueueInspection, 'ready' | 'leased' | 'deadLetters'>): ReturnType<QueueSeries['read']> {
  return by('state', {ready, leased, dead: deadLetters})
}

/** Reasons are qtool's own, so there are few; a letter of another program may give any text as its reason. */
function lettersByReason({inspection}: Observation): ReturnType<QueueSeries['read']> {
  const own: readonly string[] = DEAD_REASONS
  const counts = new Map(Object.entries(inspection.deadLettersByReason))
  const foreign = [...counts].filter(([reason]) => !own.includes(reason)).map(([, count]) => count)
  const other = foreign.reduce((sum, count) => sum + count, inspection.foreignDeadLetters)
  return [
    ...DEAD_REASONS.flatMap((reason) => by('reason', {[reason]: counts.get(reason) ?? 0})),
    ...by('reason', {other}),
  ]
}

/** A gauge without labels of its own. */
function one(
  name: string,
  help: string,
  value: (from: Observation) => number | undefined,
  type: QueueSeries['type'] = 'gauge',
): QueueSeries {
  return {
    name,
    help,
    type,
    labels: [],
    read: (from) => {
      const known = value(from)
      return known === undefined ? [] : [[{}, known]]
    },
  }
}

function by(label: string, values: Record<string, number>): Array<[Record<string, string>, number]> {
  return Object.entries(values).map(([name, value]) => [{[label]: name}, value])
}
