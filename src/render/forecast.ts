import type {JudgedRow} from '../monitor/judged-row.ts'
import {roughly} from './format.ts'

/** When a queue will be empty, with the error of that; or that it will not be. */
export function forecastWords({forecast, ready, workers, outPerSecond}: JudgedRow): string {
  switch (forecast.state) {
    case 'clears':
      return `${roughly(forecast.seconds * 1000)} ± ${roughly(forecast.marginSeconds * 1000)}`
    case 'grows':
      return 'will not drain'
    case 'stalled':
    case 'paused':
      return forecast.state
    default:
      return ready && workers === 0 && !outPerSecond ? 'will not drain' : '-'
  }
}
