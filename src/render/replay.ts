import type {ReplayResult} from '../letters/replay-result.ts'
import {count, duration, plural} from './format.ts'
import {pairs} from './table.ts'

/** What a replay asks where somebody is asked before it begins. */
export function replayQuestion({queue, affected}: {queue: string; affected: number}): string {
  return `put ${plural(affected, 'dead letter')} back into queue ${queue}`
}

/** Renders what a replay did. */
export function renderReplay(queue: string, result: ReplayResult, {dryRun}: {dryRun: boolean}): string {
  if (result.matched === 0 && !result.interrupted) return nothingMatches(queue, result)
  const rows: Array<[string, string]> = [
    [result.interrupted ? 'matched so far' : 'matched', count(result.matched)],
    dryRun
      ? ['would be replayed', count(result.replayed)]
      : [
          'replayed',
          `${count(result.replayed)} in ${duration(result.seconds * 1000)}, ${count(result.itemsPerSecond)} items/s`,
        ],
  ]
  if (result.canary) {
    rows.push(['canary', `${count(result.canary.failedAgain)} of ${count(result.canary.items)} failed again`])
  }
  if (result.waiting > 0) rows.push(['skipped: identical item already queued', count(result.waiting)])
  if (result.failing > 0) rows.push(['skipped: would fail again', count(result.failing)])
  if (result.unknown > 0) rows.push(['skipped: cannot be judged here', count(result.unknown)])
  if (result.gone > 0) rows.push(['removed by someone else', count(result.gone)])
  if (result.later > 0) rows.push(['skipped: failed after the replay started', count(result.later)])
  rows.push(['dead letters now', count(result.remaining)])
  return `queue ${queue}${stateWords(result)}\n${pairs(rows)}`
}

function nothingMatches(queue: string, {remaining}: ReplayResult): string {
  if (remaining === 0) return `queue ${queue} has no dead letters`
  return `queue ${queue}: no dead letter matches the filter (${count(remaining)} in total)`
}

function stateWords({interrupted, aborted, canary, replayed}: ReplayResult): string {
  if (interrupted) return `: interrupted after ${plural(replayed, 'item')}`
  if (!aborted || !canary) return ''
  if (canary.open === 0) return ': the canary failed; nothing else was replayed'
  const why = canary.paused ? 'The queue is paused (qtool resume)' : 'Is a worker running? (qtool work)'
  return `: canary timed out with ${plural(canary.open, 'item')} unprocessed; nothing else was replayed. ${why}`
}
