import type {LeaseOutcome, ReplayOutcome} from '../queue/lease-book/settle-lease.ts'
import {itemOfLetter} from '../queue/letters/dead-letter.ts'
import {historyField} from '../queue/letters/history.ts'
import type {Items} from '../record/items.ts'

/**
 * What became of each item of a lease that was written, for those who replayed it. Items whose records wait for a
 * parent are left out: nobody knows yet. The letters tell by their ids, which is so for a lease too that an earlier
 * holder has written.
 */
export function replayOutcomes(items: Items, {deadLetters, postponed}: LeaseOutcome): ReplayOutcome[] {
  const failed = new Set(deadLetters.map(({text}) => itemOfLetter(text)))
  const waiting = findWaiting(items, postponed)
  const outcomes: ReplayOutcome[] = []
  for (let i = 0; i < items.count; i++) {
    if (failed.has(i)) outcomes.push({field: historyField(items.item(i)), outcome: 'failed'})
    else if (!waiting.has(i)) outcomes.push({field: historyField(items.item(i)), outcome: 'written'})
  }
  return outcomes
}

/** Items of which a record waits: it is the item itself, or part of an envelope. */
function findWaiting(items: Items, postponed: LeaseOutcome['postponed']): Set<number> {
  const waiting = new Set<number>()
  const texts = new Set(postponed.map(({text}) => text))
  if (texts.size === 0) return waiting
  for (let i = 0; i < items.count; i++) if (texts.delete(items.item(i).toString('utf8'))) waiting.add(i)
  // Blanks may stand behind a record that was not the only one of its text
  const parts = [...texts].map((text) => Buffer.from(text.trimEnd()))
  for (let i = 0; i < items.count; i++) if (parts.some((part) => items.item(i).includes(part))) waiting.add(i)
  return waiting
}
