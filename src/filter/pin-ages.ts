import {readDuration} from '../config/amount.ts'
import {flipped} from './condition.ts'
import type {Bound} from './expression.ts'
import {type ConditionToken, readTokens} from './tokens.ts'

/**
 * A filter with times in place of ages, which selects the same at any later time: `age>2h` becomes
 * `time<2026-11-24T04:30:00.000Z`.
 * @param nowMs what its ages are counted from, ms since 1970
 */
export function pinAges(text: string, nowMs: number): string {
  let pinned = ''
  let at = 0
  for (const token of readTokens(text)) {
    if (!isAge(token, text)) continue
    const operator = flipped(token.operator as Bound)
    const ms = nowMs - readDuration(token.value.join('*'))
    pinned += `${text.slice(at, token.start)}time${operator}${momentText(ms, operator)}`
    at = token.end
  }
  return pinned + text.slice(at)
}

/** A moment to the ms, on the side of a bound on which nothing is lost. */
export function momentText(ms: number, operator: Bound): string {
  return new Date(operator.startsWith('>') ? Math.floor(ms) : Math.ceil(ms)).toISOString()
}

function isAge(token: ReturnType<typeof readTokens>[number], text: string): token is ConditionToken {
  return token.kind === 'condition' && text.slice(token.start, token.operatorStart) === 'age'
}
