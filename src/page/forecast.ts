import type {Forecast} from '../monitor/observation.ts'
import {duration, rate} from './format.ts'

/** What will become of the items that wait, in words. */
export function forecastWords(forecast: Forecast): string {
  switch (forecast.state) {
    case 'empty':
      return 'empty'
    case 'clears':
      return `clears in ${spanWords(forecast.seconds, forecast.marginSeconds)}`
    case 'grows':
      return `grows by ${rate(forecast.perSecond)}/s, will not drain`
    case 'stalled':
      return 'stalled'
    case 'paused':
      return 'paused'
    default:
      return 'not known yet'
  }
}

/** One unit for both, so that they can be compared: 35 ± 4 min. */
function spanWords(seconds: number, margin: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds >= 2 * size) ?? [1, 's']
  const digits = margin / size < 1 && size > 1 ? 1 : 0
  if (margin >= seconds) return `${duration(seconds * 1000)}, very roughly`
  return `${(seconds / size).toFixed(digits)} ± ${(margin / size).toFixed(digits)} ${unit}`
}

const UNITS: Array<[number, string]> = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
]
