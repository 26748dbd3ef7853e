import {LatencyHistogram} from '../measure/histogram.ts'
import {type LoopLoad, LoopWatch} from '../measure/loop-watch.ts'
import {Pacer} from '../measure/pacer.ts'
import {judgeGenerator, type Validity} from '../measure/validity.ts'

/** Interval between looks at the clock, ms. */
const TICK_MS = 10

/** How punctual a process was. */
export interface Punctual {
  load: LoopLoad
  /** Whether latencies that it measured are valid. @param corrected those that a halt of it would be part of */
  judge(corrected: LatencyHistogram): Validity
}

/** Watches whether this process is held up: then it notices late that rows are committed. @returns what ends the watch */
export function watchPunctuality(): () => Punctual {
  const late = new LatencyHistogram()
  const loop = new LoopWatch()
  let ticks = 0
  const pacer = new Pacer({
    tickMs: TICK_MS,
    next: () => ticks++ * TICK_MS,
    endMs: Number.POSITIVE_INFINITY,
    onDue: (intended, now) => late.record(Math.max(0, now - intended)),
    onTick: () => {},
  })
  void pacer.run()
  return () => {
    pacer.stop()
    const load = loop.stop()
    return {load, judge: (corrected) => judgeGenerator({corrected, lag: late, late}, load)}
  }
}
