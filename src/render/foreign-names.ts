import type {QueueList} from '../queue/survey/queue-survey.ts'
import {escapeLine} from './escape.ts'
import {plural} from './format.ts'

/** Says that there are keys which look like queues and cannot be any. */
export function foreignWords({keys, examples}: QueueList['foreign']): string[] {
  if (keys === 0) return []
  const names = examples.map((name) => JSON.stringify(clip(name)))
  return [
    `${plural(keys, 'key')} under "queue:" ${keys === 1 ? 'has a name' : 'have names'} that no qtool queue can have, such as ${escapeLine(names.join(', '))}`,
  ]
}

/** Foreign keys may be long. */
function clip(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name
}
