import {UNICODE} from './bench/signs.ts'
import {count} from './format.ts'
import {sparkline} from './top/spark.ts'

/** Bars of the last hour, five minutes each. */
const BARS = 12

/** The failures of each minute as bars, and the most in one; `-` where nothing has failed. */
export function lastHour(perMinute: number[]): string {
  const peak = Math.max(...perMinute)
  return peak === 0 ? '-' : `${sparkline(perMinute, BARS, UNICODE)} ${count(peak)}`
}
