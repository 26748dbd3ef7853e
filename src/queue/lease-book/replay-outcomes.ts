import type {Items} from '../../record/items.ts'
import type {Settlement} from '../lease.ts'
import {itemOfLetter} from '../letters/dead-letter.ts'
import {historyField} from '../letters/history.ts'

/** The outcome of an item that was replayed: `failed` if one of its records is a dead letter. */
export interface ReplayOutcome {
  /** See `historyField`. */
  field: string
  outcome: 'written' | 'failed'
}

type Refused = Pick<Settlement, 'deadLetters' | 'postponed'>

/**
 * The outcome of each item of a written lease, for whoever replayed it. Items with a record that waits for a parent
 * are left out, since their outcome is open. Failed items are found by the ids of the dead letters, which works even
 * if an earlier holder wrote the lease.
 */
export function replayOutcomes(items: Items, {deadLetters, postponed}: Refused): ReplayOutcome[] {
  const failed = new Set(deadLetters.map(({text}) => itemOfLetter(text)))
  const waiting = findWaiting(items, postponed)
  const outcomes: ReplayOutcome[] = []
  for (let i = 0; i < items.count; i++) {
    if (failed.has(i)) outcomes.push({field: historyField(items.item(i)), outcome: 'failed'})
    else if (!waiting.has(i)) outcomes.push({field: historyField(items.item(i)), outcome: 'written'})
  }
  return outcomes
}

/** Items with a waiting record, which is either the whole item or part of an envelope. */
function findWaiting(items: Items, postponed: Refused['postponed']): Set<number> {
  const waiting = new Set<number>()
  const texts = new Set(postponed.map(({text}) => text))
  if (texts.size === 0) return waiting
  for (let i = 0; i < items.count; i++) if (texts.delete(items.item(i).toString('utf8'))) waiting.add(i)
  // `distinct` may have added blanks to a record whose text occurs more than once
  const parts = [...texts].map((text) => Buffer.from(text.trimEnd()))
  for (let i = 0; i < items.count; i++) if (parts.some((part) => items.item(i).includes(part))) waiting.add(i)
  return waiting
}
