import stringWidth from 'string-width'
import type {Measured} from '../progress/measure.ts'
import type {Figure, Stage} from '../progress/stage.ts'
import {bytes, count, duration, plural, rate} from './format.ts'
import {clipWidth} from './table.ts'

/** A stage without figures shows how long it has lasted once that is long, ms. */
const LONG_MS = 2000

/** How far a command is, in one line that fits the width: what matters least is left out first. */
export function progressLine(now: Measured, width: number): string {
  const lines = shorter(now).map((parts) => {
    const said = parts.filter((part) => part !== '')
    return said.length === 0 ? now.doing : `${now.doing}: ${said.join(', ')}`
  })
  return lines.find((line) => stringWidth(line) <= width) ?? clipWidth(lines[lines.length - 1], width)
}

/** The parts of the line, and with less and less of them. */
function shorter(now: Measured): string[][] {
  const {done, total, unit = '', leftMs, waiting, lastsMs} = now
  const also = (now.also ?? []).map(figureText)
  const atMost = lastsMs === undefined ? '' : 'at most '
  const left = leftMs === null || leftMs === 0 ? '' : `${atMost}${leftText(leftMs)} left`
  if (done === undefined) return [[left || elapsed(now.elapsedMs), ...also]]
  const [share, shortShare] = shares(now)
  const of = total === undefined ? '' : ` of ${count(Math.max(total, done))}`
  const amount = unit === '' ? `${count(done)}${of}` : `${count(done)}${of} ${nounOf(total ?? done, unit)}`
  const short = of === '' ? amount : `${count(done)}${of}`
  const speed = now.perSecond === null || lastsMs !== undefined ? '' : `${rate(now.perSecond)}/s`
  const rest = waiting === undefined ? '' : `${count(waiting)} waiting`
  return [
    [amount, share, speed, rest, left, ...also],
    [amount, shortShare, speed, rest, left, ...also],
    [short, shortShare, speed, rest, left, ...also],
    [short, shortShare, rest, left, ...also],
    [short, rest, left, ...also.slice(0, 1)],
    [short, rest, left],
    [short, left],
  ]
}

/** How much of it is done, and the same in short. */
function shares({done = 0, total, bytes: part}: Measured): [string, string] {
  if (part) {
    const share = `${percent(part.read, part.size)} of ${bytes(part.size)}`
    return [share, percent(part.read, part.size)]
  }
  return total === undefined ? ['', ''] : [percent(done, total), '']
}

/** Rounded down: 100% is all of it. */
function percent(part: number, whole: number): string {
  return `${whole > 0 ? Math.floor((100 * Math.min(part, whole)) / whole) : 100}%`
}

/**
 * What a command that ended early has done, and what is left.
 * @param isExact whether nothing was done beyond what was counted
 */
export function unfinishedText(stage: Stage, {ended, isExact}: {ended: string; isExact: boolean}): string {
  const {doing, did, done, total, waiting, bytes: part, unit = '', isHarmless} = stage
  if (!did) return `${ended} while ${doing}${isHarmless ? '; nothing was changed' : ''}`
  const of = did.of === undefined ? '' : ` of ${count(did.of)}`
  const deed = `${isExact ? '' : 'at least '}${count(did.count)}${of} ${nounOf(did.of ?? did.count, did.unit)} ${did.verb}`
  return `${ended}: ${[deed, ...restWords()].join(', ')}`

  function restWords(): string[] {
    if (did?.of !== undefined)
      return [`${isExact ? '' : 'at most '}${count(Math.max(0, did.of - did.count))} left`]
    if (part) return [`${percent(part.read, part.size)} of ${bytes(part.size)} read`]
    if (waiting !== undefined) return [`${plural(waiting, unit)} waiting`]
    return done === undefined || total === undefined ? [] : [`${count(done)} of ${plural(total, unit)} read`]
  }
}

function elapsed(ms: number): string {
  return ms < LONG_MS ? '' : duration(Math.floor(ms / 1000) * 1000)
}

/** To the second: it is an estimate. */
function leftText(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds < 60 ? `${seconds} s` : duration(seconds * 1000)
}

function figureText(figure: Figure): string {
  return 'unit' in figure ? plural(figure.count, figure.unit) : `${count(figure.count)} ${figure.what}`
}

function nounOf(value: number, unit: string): string {
  return plural(value, unit).slice(count(value).length + 1)
}
