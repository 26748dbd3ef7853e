import type {Check, Found} from '../check.ts'
import {number, plural, size, time} from '../words.ts'
import type {QueueFacts} from './facts.ts'

/** Checks of how a queue moves. At most one of the first four has something to say: each is a reason for the next. */
export const FLOW_CHECKS: Array<Check<QueueFacts>> = [
  {id: 'queue.paused', title: 'the queue is not forgotten in a pause', judge: judgePause},
  {id: 'queue.workers', title: 'somebody drains the queue', judge: judgeWorkers},
  {id: 'queue.draining', title: 'the queue drains', judge: judgeDraining},
  {id: 'queue.oldest', title: 'no item waits long', judge: judgeOldest},
  {id: 'queue.breakers', title: 'workers reach both servers', judge: judgeBreakers},
  {id: 'queue.failing', title: 'few records fail', judge: judgeFailing},
]

/** An item that waits for longer is late, ms. */
const LATE_MS = 300_000

const PAUSED_MS = 3_600_000

function judgePause({queue, paused, pausedSince, pauseEndsInMs, at}: QueueFacts): Found[] {
  const ms = pausedSince === null ? 0 : Date.parse(at) - Date.parse(pausedSince)
  if (!paused || !(ms > PAUSED_MS)) return []
  const end = pauseEndsInMs === null ? 'without an end' : `for ${time(pauseEndsInMs)} more`
  return [
    {
      level: 'warning',
      what: `queue ${queue} has been paused for ${time(ms)}, ${end}`,
      why: 'no worker takes anything from it',
      fix: `qtool resume -q ${queue}`,
    },
  ]
}

function judgeWorkers(facts: QueueFacts): Found[] {
  const {queue, ready, overdueLeases, oldestMs} = facts
  // Of items without a time nobody knows how long they have waited
  const isLate = ready > 0 && (oldestMs === null || oldestMs > LATE_MS)
  if (facts.paused || facts.workers.length > 0 || !(isLate || overdueLeases > 0)) return []
  const parts = [
    ...(ready > 0 ? [`${plural(ready, 'item')} wait`] : []),
    ...(oldestMs === null ? [] : [`the first for ${time(oldestMs)}`]),
    ...(overdueLeases > 0 ? [`${plural(overdueLeases, 'lease')} of workers that died lie open`] : []),
  ]
  return [
    {
      level: 'critical',
      what: `nobody drains queue ${queue}: ${parts.join(', ')}`,
      why: 'nothing reaches the table until a worker runs',
      fix: `qtool work -q ${queue} --table TABLE`,
    },
  ]
}

/** A backlog is worth a warning if it takes workers longer than this, s. */
const BACKLOG_SECONDS = 60

function judgeDraining(facts: QueueFacts): Found[] {
  const {queue, ready, paused, workers, change} = facts
  const [inPerSecond, outPerSecond] = [change.enqueued, change.worked].map((all) => perSecond(facts, all))
  const isBehind = ready > outPerSecond * BACKLOG_SECONDS
  if (paused || workers.length === 0 || !isBehind || change.ready <= 0 || inPerSecond <= outPerSecond)
    return []
  return [
    {
      level: 'warning',
      what: `queue ${queue} grows: ${number(inPerSecond)} records a second come in, ${number(outPerSecond)} are written; ${plural(ready, 'item')} wait`,
      why: 'it will not drain, and takes more memory of Redis all the time',
      fix: `qtool bench workers finds how many workers pay; qtool work -q ${queue} --workers 8 runs more of them`,
    },
  ]
}

function judgeOldest(facts: QueueFacts): Found[] {
  const {queue, oldestMs, paused, workers} = facts
  const isExplained = paused || workers.length === 0 || judgeDraining(facts).length > 0
  if (isExplained || oldestMs === null || oldestMs <= LATE_MS) return []
  return [
    {
      level: 'warning',
      what: `the item that leaves queue ${queue} next has waited for ${time(oldestMs)}`,
      why: 'rows come late by as much',
      fix: `qtool inspect -q ${queue} --watch shows whether it catches up; more workers: qtool work -q ${queue} --workers 8`,
    },
  ]
}

function judgeBreakers({workers}: QueueFacts): Found[] {
  const cut = (name: 'redis' | 'postgres') => workers.filter((one) => one[name] !== 'closed').length
  const [redis, postgres] = [cut('redis'), cut('postgres')]
  if (redis + postgres === 0) return []
  const parts = [
    ...(postgres > 0 ? [`${postgres} cannot reach Postgres`] : []),
    ...(redis > 0 ? [`${redis} cannot reach Redis`] : []),
  ]
  return [
    {
      level: 'critical',
      what: `of ${workers.length} worker processes, ${parts.join(', ')}`,
      why: 'they take nothing until it answers again, and try by themselves',
      fix: 'look at the server and at the network between; qtool doctor on the machine of the workers judges what they see',
    },
  ]
}

const FAILING_PER_SECOND = 1

function judgeFailing(facts: QueueFacts): Found[] {
  const rate = perSecond(facts, facts.change.deadLettered)
  if (rate <= FAILING_PER_SECOND) return []
  return [
    {
      level: 'warning',
      what: `${number(rate)} records a second become dead letters of queue ${facts.queue}`,
      why: 'a producer sends what the table does not take, or the table has changed',
      fix: `qtool dlq diagnose -q ${facts.queue}`,
    },
  ]
}

function perSecond({change}: QueueFacts, count: number): number {
  return change.overMs > 0 ? (count / change.overMs) * 1000 : 0
}

/** Checks of what a queue holds. */
export const HOLDING_CHECKS: Array<Check<QueueFacts>> = [
  {id: 'queue.name', title: 'there is such a queue', judge: judgeName},
  {id: 'queue.trash', title: 'what was purged is freed', judge: judgeTrash},
  {id: 'queue.counters', title: 'counters are right', judge: judgeCounters},
  {id: 'queue.item-size', title: 'items are small', judge: judgeItemSize},
]

/** A mistyped name must not look like a queue that is in order; nor is a queue that nobody has used yet a fault. */
function judgeName({queue, exists}: QueueFacts): Found[] {
  if (exists) return []
  return [
    {
      level: 'unknown',
      what: `Redis holds nothing of a queue ${queue}`,
      why: 'nobody has used it yet, or its name is mistyped',
      fix: 'qtool queues lists the queues that are here',
    },
  ]
}

function judgeTrash({queue, oldTrash}: QueueFacts): Found[] {
  if (oldTrash === 0) return []
  return [
    {
      level: 'warning',
      what: `${plural(oldTrash, 'purge')} of queue ${queue} ${oldTrash === 1 ? 'is' : 'are'} older than 24 hours, and still in memory`,
      why: 'workers free them, and none has run since',
      fix: `qtool work -q ${queue} --table TABLE --until-empty`,
    },
  ]
}

function judgeCounters({queue, isMiscounted}: QueueFacts): Found[] {
  if (!isMiscounted) return []
  return [
    {
      level: 'warning',
      what: `the counters of dead letters of queue ${queue} contradict what is there`,
      why: 'somebody has changed keys by hand; figures by reason are wrong',
      fix: `qtool inspect -q ${queue} --verify`,
    },
  ]
}

const LARGE = 1024 * 1024

function judgeItemSize({queue, sample}: QueueFacts): Found[] {
  if (!sample || sample.largest <= LARGE) return []
  return [
    {
      level: 'warning',
      what: `an item of queue ${queue} has ${size(sample.largest)} (largest of ${number(sample.items)})`,
      why: 'workers refuse items above 1 MiB unless told otherwise, and each of them keeps Redis busy while it is read',
      fix: `send less in one item; or let workers take it: qtool work -q ${queue} --max-bytes 16MiB`,
    },
  ]
}
