import {type ArrivalKind, arrivals} from './arrivals.ts'
import type {LatencyHistogram} from './histogram.ts'
import {type LoopLoad, LoopWatch} from './loop-watch.ts'
import {Operations} from './operations.ts'
import {Pacer} from './pacer.ts'
import {doubtsOf, judgeGenerator, type Validity} from './validity.ts'

export interface OpenLoopOptions {
  /** Operations per second. */
  rate: number
  /** Measured seconds, after the warm-up. */
  seconds: number
  /** Operations due in these first seconds are sent but not counted. Whole seconds. */
  warmupSeconds: number
  arrivals: ArrivalKind
  /** At least 0, below 1; seeded, so that a run can be repeated. */
  random: () => number
  /** Where evenly spaced operations begin, as a share of the gap between two; 0 by default. */
  phase?: number
  /** When the run starts, as `performance.now()` gives it; now by default. */
  startAt?: number
  /**
   * Sends operation `i` (from 0, warm-up included), `waitedMs` after it was due. Settles with its answer, and says when
   * that was, as `performance.now()` gives it, if it was earlier than now.
   */
  send(i: number, waitedMs: number): Promise<number | undefined>
  /** Most operations in flight; further ones wait. */
  maxInFlight: number
  /** Ends the run early; what was measured by then is returned. */
  signal: AbortSignal
  /** How long to wait for answers after the end; 10 s by default. */
  drainMs?: number
  onSecond?(second: OpenLoopSecond): void
}

/** Progress, reported once a second. */
export interface OpenLoopSecond {
  /** Number of the second since the start, from 0. */
  second: number
  warmup: boolean
  /** Operations completed in this second. */
  completed: number
  failed: number
  /** At the moment of the report. */
  inFlight: number
  /** Operations that are due and wait for a slot. */
  waiting: number
}

/**
 * Counts the operations due after the warm-up: due = completed + failed, sent = completed + failed - dropped. The
 * latencies include failures, with the time until they were known: without them the slowest operations, those that
 * timed out, would be missing.
 */
export interface OpenLoopResult {
  /** Measured seconds, after the warm-up; fewer than requested if the run was interrupted. */
  seconds: number
  sent: number
  completed: number
  /** Includes `dropped`. */
  failed: number
  /** Operations still waiting for a slot at the end. `corrected` has their wait so far, as a lower bound. */
  dropped: number
  /** Message → how often. */
  errors: Map<string, number>
  /** Latency from the intended time. */
  corrected: LatencyHistogram
  /** Latency from the actual send, as most tools measure it; it hides the wait before a late send. */
  raw: LatencyHistogram
  /** Delay from the intended time to the send: the wait for a slot, and a late generator. */
  lag: LatencyHistogram
  /** Delay from the intended time until the generator noticed it, which is its own share; see validity.ts. */
  late: LatencyHistogram
  /** Operations completed in each whole second after the warm-up, whenever they were due. */
  perSecond: number[]
  /** CPU and event loop of this process after the warm-up. */
  load: LoopLoad
  validity: Validity
  /** Reservations about figures that are valid. */
  doubts: string[]
}

/** How long to wait for answers after the end by default, ms. */
export const DRAIN_MS = 10_000

/** Longest tick, ms; well below what a generator may be late. */
const MOST_TICK_MS = 4

/** Operations of one tick, unless that would make the tick too long. */
const PER_TICK = 4

/**
 * Interval between the moments at which operations may be due, ms. A few operations share a moment, since waking up
 * for each is most of what a low rate costs: 1,000 single ZADD/s took 10.3 and 11.2 % of a core with 2 ms, 7.7 and 8.9
 * with 4.
 */
export function tickOf(rate: number): number {
  const shared = Math.floor((PER_TICK * 1000) / rate)
  // Ticks further apart than their operations save nothing
  return shared >= MOST_TICK_MS * PER_TICK ? 1 : Math.min(MOST_TICK_MS, Math.max(1, shared))
}

/** How long to wait for answers after an interruption: not long, because the user wants to stop. */
const INTERRUPTED_DRAIN_MS = 1000

/**
 * Sends at a rate, whatever the server does: operations due while the server is slow are sent late, and the delay is
 * measured. See Pacer for the resolution of its clock, and `validity` for whether the generator kept up.
 */
export async function runOpenLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const {signal, rate, random} = options
  const warmupMs = options.warmupSeconds * 1000
  const operations: Operations = new Operations({
    send: (i, waitedMs) => options.send(i, waitedMs),
    maxInFlight: options.maxInFlight,
    warmupMs,
    now: () => pacer.elapsed,
    since: (at) => pacer.since(at),
    onAnswer: () => pacer.nudge(),
  })
  const pacer = new Pacer({
    tickMs: tickOf(rate),
    next: arrivals(options.arrivals, rate, random, options.phase),
    endMs: signal.aborted ? 0 : warmupMs + options.seconds * 1000,
    onDue: (intended, now) => operations.due(intended, now),
    onTick: () => operations.sendWaiting(),
  })
  let watch = new LoopWatch()
  const warm = setTimeout(() => {
    watch.stop()
    watch = new LoopWatch()
  }, warmupMs)
  const reports = reportSeconds(options, pacer, operations)
  const onAbort = () => pacer.stop()
  signal.addEventListener('abort', onAbort)
  const endMs = await pacer.run(options.startAt)
  signal.removeEventListener('abort', onAbort)
  clearTimeout(warm)
  const load = watch.stop()
  operations.dropWaiting()
  await drain(operations, options)
  clearInterval(reports)
  return summarise(operations, load, warmupMs, endMs)
}

async function drain(operations: Operations, {signal, drainMs = DRAIN_MS}: OpenLoopOptions): Promise<void> {
  const over = new AbortController()
  const idle = operations.idle().then(() => over.abort())
  const started = performance.now()
  await Promise.race([idle, waitFor(drainMs, AbortSignal.any([signal, over.signal]))])
  if (signal.aborted) await Promise.race([idle, waitFor(INTERRUPTED_DRAIN_MS, over.signal)])
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  operations.giveUp(`no answer within ${seconds} s after the end`)
}

/** Waits for `ms`, or until the signal. */
function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}

function reportSeconds(options: OpenLoopOptions, pacer: Pacer, operations: Operations): NodeJS.Timeout {
  let second = 0
  return setInterval(() => {
    for (; second < Math.floor(pacer.elapsed / 1000); second++) {
      const {completed, failed} = operations.seconds[second] ?? {completed: 0, failed: 0}
      const {inFlight, waiting} = operations
      const warmup = second < options.warmupSeconds
      options.onSecond?.({second, warmup, completed, failed, inFlight, waiting})
    }
  }, 1000)
}

function summarise(operations: Operations, load: LoopLoad, warmupMs: number, endMs: number): OpenLoopResult {
  const {sent, completed, failed, dropped, errors, corrected, raw, lag, late} = operations
  const whole = Math.max(0, Math.floor((endMs - warmupMs) / 1000))
  const from = Math.floor(warmupMs / 1000)
  const perSecond = Array.from({length: whole}, (_, i) => operations.seconds[from + i]?.completed ?? 0)
  const counts = {sent, completed, failed, dropped, errors}
  return {
    ...counts,
    seconds: Math.max(0, endMs - warmupMs) / 1000,
    corrected,
    raw,
    lag,
    late,
    perSecond,
    load,
    validity: judgeGenerator(operations, load),
    doubts: doubtsOf(operations),
  }
}
