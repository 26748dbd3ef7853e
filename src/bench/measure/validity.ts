import type {LatencyHistogram} from './histogram.ts'
import type {LoopLoad} from './loop-watch.ts'

/** Whether the figures of a run are the server's and not the generator's. */
export type Validity = {state: 'valid'} | {state: 'invalid'; why: string}

/** Times of an open loop, all in ms from the intended time. */
export interface Timing {
  /** Time to the answer. */
  corrected: LatencyHistogram
  /** Time to the send. */
  lag: LatencyHistogram
  /** Time until the generator noticed the operation. */
  late: LatencyHistogram
}

/** Lateness that is always tolerated, ms: Node's timers fire 1 to 2 ms late, and every machine has hiccups. */
const FORGIVEN_MS = 10

/** Above FORGIVEN_MS, the share of a percentile that may come from the generator. */
const FORGIVEN_SHARE = 0.1

/** Share of busy time from which an event loop counts as never idle. */
const NEVER_IDLE = 0.95

/** Percent of a core from which a thread counts as saturated. */
const FULL_CPU = 90

/**
 * Distinguishes a slow server from a slow generator, by two rules.
 *
 * 1. At p50, p90 and p99, `late` may be 10 ms or a tenth of the corrected latency, whichever is more. `late` is how
 * long after an operation was due the generator first looked at its clock, whether or not there was a slot to send it
 * in. The server has no part in that: while it is slow and all slots are taken, the event loop is idle and the next
 * look is on time; a slow server shows in `corrected` alone. Looks are late when the event loop is held up: by sending
 * and by reading replies, by other code of this process, by garbage collection, or by a machine that gives this
 * process no CPU. The same halts delay the reading of replies, which no figure shows by itself; but a halt hits a
 * reply as often as an operation, so `late` represents both.
 *
 * 2. If operations waited for slots, the event loop must have been idle for 5 % of the time, as it is while it waits
 * for a server. A loop that is never idle could not read replies as fast as they came: the slots were taken by
 * operations that the server had long answered, and the wait that looks like the server's is the generator's own.
 *
 * CPU explains lateness, but invalidates nothing by itself: a generator at 95 % of a core that is on time has measured
 * well.
 */
export function judgeGenerator({corrected, lag, late}: Timing, load: LoopLoad): Validity {
  if (late.count === 0) {
    return {
      state: 'invalid',
      why: 'nothing was measured: the run ended before the first operation after the warm-up',
    }
  }
  for (const q of [50, 90, 99]) {
    const behind = late.estimate(q) ?? 0
    if (behind <= allowed(corrected, q)) continue
    return {state: 'invalid', why: `the generator was ${behind.toFixed(1)} ms late (p${q}): ${cause(load)}`}
  }
  const waited = lag.estimate(99) ?? Number.POSITIVE_INFINITY
  if (load.busy < NEVER_IDLE || waited <= FORGIVEN_MS) return {state: 'valid'}
  return {state: 'invalid', why: `operations waited for the generator, not for the server: ${cause(load)}`}
}

/** Reservations about valid figures: the highest latencies may come from the generator. */
export function doubtsOf({corrected, late}: Timing): string[] {
  const behind = late.percentile(99.9)
  if (behind === null || behind <= allowed(corrected, 99.9)) return []
  return [`p99.9 and max are not reliable: the generator itself was ${behind.toFixed(1)} ms late at p99.9`]
}

function allowed(corrected: LatencyHistogram, q: number): number {
  return Math.max(FORGIVEN_MS, FORGIVEN_SHARE * (corrected.estimate(q) ?? 0))
}

function cause({cpu, busy}: LoopLoad): string {
  const busyText = `busy ${Math.round(busy * 100)} % of the time at ${Math.round(cpu)} % of a core`
  if (cpu >= FULL_CPU) return `its event loop was ${busyText}, which is its maximum`
  return `its event loop was ${busyText}; other work in this process or on this machine delayed it`
}
