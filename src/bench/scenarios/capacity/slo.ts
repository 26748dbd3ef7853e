import {parseSlo} from '../../../threshold/threshold.ts'
import {FIGURES} from '../../figures.ts'
import {assertLongEnough} from './samples.ts'
import type {CapacityOptions} from './search.ts'

/** Longest step, s: steps are lengthened up to this so that the percentiles of the SLO can be measured. */
const MOST_SECONDS = 60

/**
 * Reads the SLO.
 * @param step the first one, which has the lowest rate
 * @param fixed whether steps may not be lengthened
 * @throws QtoolError (usage) for a figure that is not known, and for one that so short a step cannot measure
 */
export function readSlo(
  texts: string[],
  step: Parameters<typeof assertLongEnough>[2],
  {fixed}: {fixed: boolean},
): Pick<CapacityOptions, 'slo' | 'sloText'> {
  const slo = texts.map((text) => parseSlo(text, FIGURES.capacity))
  assertLongEnough('--slo', slo, fixed ? step : {...step, seconds: MOST_SECONDS})
  return {slo, sloText: texts.join(' and ')}
}
