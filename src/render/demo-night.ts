import type {NightResult} from '../operations/demo-night.ts'
import {count, plural} from './format.ts'

/** What the night has left, and where to begin. */
export function renderNight({queue, enqueued, inserted, deadLetters, waiting}: NightResult): string {
  return `queue ${queue}: ${count(inserted)} of ${plural(enqueued, 'order')} written, ${plural(deadLetters, 'dead letter')}
queue ${waiting.queue}: ${plural(waiting.items, 'customer')} not written yet

It is your turn: get every order into its table, and leave no dead letter. Begin with
  qtool
  qtool dlq list ${queue}
docs/night.md shows one way. "qtool demo night" starts the night over; "qtool down" stops the servers.`
}
