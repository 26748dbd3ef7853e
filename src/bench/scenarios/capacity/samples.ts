import {usageError} from '../../../errors.ts'
import type {Threshold} from '../../../threshold/threshold.ts'
import type {ArrivalKind} from '../../measure/arrivals.ts'
import {SAMPLES_BEYOND} from '../../measure/histogram.ts'

/** Figures that are percentiles, 0 to 100. */
const PERCENTILES = new Map([
  ['p50', 50],
  ['p90', 90],
  ['p99', 99],
  ['p999', 99.9],
  ['raw99', 99],
  ['lag', 99],
])

/** Margin for Poisson arrivals, which may be fewer than the rate promises, in standard deviations. */
const SPREAD = 5

interface Load {
  /** Records a second. */
  rate: number
  arrivals: ArrivalKind
}

/** Number of records that a figure needs: a percentile needs 10 samples beyond it. */
export function samplesFor(figure: string, arrivals: ArrivalKind): number {
  const percentile = PERCENTILES.get(figure)
  if (percentile === undefined) return 0
  const least = Math.ceil((SAMPLES_BEYOND * 100) / (100 - percentile) - 1e-6)
  return arrivals === 'constant' ? least : Math.ceil(least + SPREAD * Math.sqrt(least))
}

/** Whole seconds after which all figures in `asked` are measured. */
export function secondsFor(asked: readonly Threshold[], {rate, arrivals}: Load): number {
  return Math.max(0, ...asked.map(({metric}) => Math.ceil(samplesFor(metric, arrivals) / rate - 1e-9)))
}

/**
 * Refuses a run that is too short to measure a figure in `asked`.
 * @param flag the flag that asks for the figures
 * @throws QtoolError (usage) that states the time needed
 */
export function assertLongEnough(
  flag: '--slo' | '--fail-if',
  asked: readonly Threshold[],
  load: Load & {seconds: number},
): void {
  const wanted = secondsFor(asked, load)
  if (wanted <= load.seconds) return
  const [longest] = asked.toSorted(
    (a, b) => samplesFor(b.metric, load.arrivals) - samplesFor(a.metric, load.arrivals),
  )
  const records = samplesFor(longest.metric, load.arrivals)
  const number = (value: number) => value.toLocaleString('en-US')
  throw usageError(
    `${flag} asks for ${longest.metric}, which needs ${number(records)} records: ${number(wanted)} s at ${number(load.rate)}/s, but this run measures only ${number(load.seconds)} s`,
    `measure longer: --for ${wanted}s`,
    `or at a higher rate, at least ${number(Math.ceil(records / load.seconds))}/s`,
  )
}
