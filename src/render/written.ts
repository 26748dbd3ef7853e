import type {QueueInspection} from '../queue/inspect.ts'
import {count, plural} from './format.ts'

/** What became of the records of a queue, with the outcomes that are rare only where there are some. */
export function writtenWords(totals: QueueInspection['totals']): string {
  const {inserted, updated, alreadyThere, superseded, suppressed, empty, deleted, alreadyGone} = totals
  return [
    plural(inserted, 'row'),
    ...(updated > 0 ? [`${count(updated)} updated`] : []),
    ...(deleted > 0 ? [`${count(deleted)} deleted`] : []),
    `${count(alreadyThere)} already there`,
    ...(alreadyGone > 0 ? [`${count(alreadyGone)} already gone`] : []),
    ...(superseded > 0 ? [`${count(superseded)} superseded by newer records`] : []),
    ...(suppressed > 0 ? [`${count(suppressed)} suppressed by a trigger or rule`] : []),
    ...(empty > 0 ? [`${plural(empty, 'item')} without a record`] : []),
  ].join(', ')
}
