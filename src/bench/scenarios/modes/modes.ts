import type {Redis} from 'ioredis'
import {QtoolError, usageError} from '../../../errors.ts'
import type {QueueEngine} from '../../../queue/engine.ts'
import {openQueue} from '../../../queue/open.ts'
import {withRedis} from '../../../redis/connect.ts'
import {parseInfo} from '../../../redis/info.ts'
import {parseRedisUrl, type RedisAddress} from '../../../redis/url.ts'
import {count} from '../../../render/format.ts'
import {type Findings, interruptedEarly} from '../../findings.ts'
import {startDelayProxy} from '../../measure/delay-proxy.ts'
import {within} from '../../measure/within.ts'
import type {Check} from '../../shape/findings.ts'
import {median} from '../../stats/summary.ts'
import type {Confirmer, Mode, Way} from './mode-sender.ts'
import {type Modes, type ModesOptions, type Outcome, runWay} from './mode-step.ts'
import {modeComparisons, modeMetrics, modeNotes, nameOf, usual} from './mode-text.ts'

/** Timeout for removing the queue, ms. */
const CLEAR_MS = 5000

/** Share of the machine from which other programs' use is worth a note. */
const MANY_OTHERS = 0.2

/** Puts items into a queue in different ways, each as fast as it can. */
export async function runModes(options: ModesOptions): Promise<Findings> {
  const {redisUrl, connect, rttMs} = options
  const address = rttMs > 0 ? plainAddress(redisUrl) : undefined
  return withRedis(redisUrl, connect, async (observer) => {
    const queue = await openQueue(observer, {name: options.queue})
    await assertEmpty(queue)
    const proxy = address && (await startDelayProxy({...address, rttMs}))
    try {
      const url = proxy ? through(redisUrl, proxy.port) : redisUrl
      const roundTrip = await withRedis(url, connect, measureRoundTrip)
      const outcomes = await runWays({...options, observer, url, roundTrip})
      if (outcomes.length === 0) throw interruptedEarly()
      return find(options, outcomes, roundTrip.median)
    } finally {
      await proxy?.close()
      // If Redis is gone, the first error is the one to report
      await within(CLEAR_MS, queue.destroy())
    }
  })
}

async function assertEmpty(queue: QueueEngine): Promise<void> {
  if ((await queue.depth()) === 0) return
  throw new QtoolError(`expected an empty queue, but queue ${queue.name} is not empty`, {
    code: 'NOT_EMPTY',
    kind: 'refused',
    suggestions: ['choose a queue that is not in use'],
  })
}

/** The one server behind a URL. @throws QtoolError (usage) if it cannot be reached through the proxy */
function plainAddress(redisUrl: string): RedisAddress {
  const {addresses, tls, sentinelName, nat} = parseRedisUrl(redisUrl)
  const [first] = addresses
  if (first && !tls && !sentinelName && !nat) return first
  throw usageError(
    'a simulated round trip needs a plain redis:// URL of a single server',
    'the delaying proxy supports neither TLS nor Sentinel nor Cluster',
  )
}

function through(redisUrl: string, port: number): string {
  const url = new URL(redisUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return url.href
}

async function measureRoundTrip(redis: Redis): Promise<{median: number; least: number}> {
  const times: number[] = []
  for (let i = 0; i < 21; i++) {
    const started = performance.now()
    await redis.ping()
    times.push(performance.now() - started)
  }
  return {median: median(times), least: Math.min(...times)}
}

async function runWays(modes: Modes): Promise<Outcome[]> {
  const ways = modes.modes.flatMap((mode): Way[] =>
    (mode === 'single' ? [1] : modes.batches).flatMap((batch) => waysOf(mode, batch, modes.confirmedBy)),
  )
  const outcomes: Outcome[] = []
  for (const way of ways) {
    if (modes.signal.aborted) break
    modes.onStep(nameOf(way))
    const outcome = await runWay(modes, way)
    // A step that was cut short in its warm-up has no rate
    if (!modes.signal.aborted || outcome.step.achieved > 0) outcomes.push(outcome)
    await empty(modes.observer, modes.queue)
  }
  return outcomes
}

/** One way without confirmation, and one for each who may confirm; single ZADDs of `auto` are confirmed by nobody. */
function waysOf(mode: Mode, batch: number, confirmedBy: readonly Confirmer[] = []): Way[] {
  const confirmed = mode === 'auto' ? [] : confirmedBy
  return [{mode, batch}, ...confirmed.map((one) => ({mode, batch, confirmedBy: one}))]
}

/** Empties the queue, and waits until Redis has freed it, because its thread for that takes CPU from the next step. */
async function empty(redis: Redis, name: string): Promise<void> {
  await (await openQueue(redis, {name})).destroy()
  const until = performance.now() + 5000
  while (performance.now() < until) {
    const info = parseInfo(await redis.info('memory'))
    if (Number(info.get('lazyfree_pending_objects') ?? 0) === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function find(options: ModesOptions, outcomes: Outcome[], roundTrip: number): Findings {
  const {batches, modes, seconds, warmupSeconds, most, rttMs, itemBytes} = options
  const missing = outcomes.reduce((sum, outcome) => sum + Math.abs(outcome.missing), 0)
  const fastest = outcomes.toSorted((a, b) => b.step.achieved - a.step.achieved)[0]
  const single = usual(outcomes, 'single')
  const check: Check = {
    name: 'lost',
    ok: missing === 0,
    text: `lost ${count(missing)} (items that Redis accepted but that were not in the queue after their step)`,
  }
  const times =
    single && fastest !== single ? fastest && fastest.step.achieved / single.step.achieved : undefined
  return {
    verdict: fastest
      ? `${fastest.step.name}: ${count(fastest.step.achieved)} items/s${times ? `, ${count(times)}× single` : ''}, round trip ${roundTrip.toFixed(2)} ms`
      : '',
    checks: [check],
    parameters: {
      modes: modes.join(', '),
      batches: batches.join(', '),
      seconds,
      warmupSeconds,
      most,
      rttMs,
      itemBytes,
    },
    steps: outcomes.map(({step}) => step),
    comparisons: modeComparisons(outcomes, rttMs),
    limit: fastest?.limit ?? null,
    ledger: null,
    fit: null,
    notes: [...modeNotes(outcomes, {roundTrip, rttMs}), ...noteOthers(outcomes)],
    metrics: {...modeMetrics(outcomes), lost: missing},
  }
}

function noteOthers(outcomes: Outcome[]): string[] {
  const most = Math.max(0, ...outcomes.map(({others}) => others))
  if (most < MANY_OTHERS) return []
  return [
    `other programs used up to ${Math.round(most * 100)} % of this machine; an idle machine would give higher rates`,
  ]
}
