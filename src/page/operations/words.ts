import type {PlannedAction} from '../../operations/plans/shape.ts'
import {count, plural} from '../format.ts'
import type {KeptOperation} from './shapes.ts'

/** What each operation is called, what it acts on, and the word on the button that applies it. */
const KINDS: Record<PlannedAction, {title: string; verb: string; noun: string; done: string}> = {
  purge: {title: 'Purge of ready items', verb: 'Purge', noun: 'ready item', done: 'purged'},
  'dlq purge': {title: 'Purge of dead letters', verb: 'Purge', noun: 'dead letter', done: 'purged'},
  'dlq edit': {title: 'Edit of dead letters', verb: 'Edit', noun: 'dead letter', done: 'edited'},
  'dlq replay': {title: 'Replay of dead letters', verb: 'Replay', noun: 'dead letter', done: 'replayed'},
}

/** e.g. `Replay of dead letters` */
export function titleOf({operation}: Pick<KeptOperation, 'operation'>): string {
  return KINDS[operation].title
}

/** e.g. `Replay 1,234 dead letters` */
export function verbOf({operation, plan}: KeptOperation): string {
  const {verb, noun} = KINDS[operation]
  return `${verb} ${plural(plan.affected, noun)}`
}

/** The question that a person answers; the server words it for a terminal. */
export function askOf({plan}: KeptOperation): string {
  if (plan.affected === 0) return 'Nothing would be changed.'
  return `${plan.ask.charAt(0).toUpperCase()}${plan.ask.slice(1).replace(/\?$/, '')}?`
}

/** e.g. `12 of 1,234 dead letters replayed` */
export function doneWords({operation, plan, done}: KeptOperation): string {
  const {noun, done: verb} = KINDS[operation]
  return `${count(done)} of ${plural(plan.affected, noun)} ${verb}`
}

/** Which items or letters it is about, as a filter. */
export function filterWords({operation, input}: KeptOperation): string {
  const {where, id} = input
  const ids = Array.isArray(id) ? id.map(String) : []
  const parts = [typeof where === 'string' ? where : '', ids.length > 0 ? idWords(ids) : '']
  const given = parts.filter((part) => part !== '').join(' ')
  return given || `all ${operation === 'purge' ? 'ready items' : 'dead letters'} that were there`
}

function idWords(ids: string[]): string {
  return ids.length === 1 ? `id:${ids[0]}` : `${count(ids.length)} chosen one by one`
}

/** How it is done, one phrase each, e.g. `at most 500 a second`. */
export function optionWords({input}: KeptOperation): string[] {
  const {set, canary, rate, limit} = input
  return [
    ...(Array.isArray(set) ? set.map((one) => `sets ${one}`) : []),
    ...(input['only-passing'] === true ? ['only those that would be written now'] : []),
    ...(typeof canary === 'number' ? [`canary of ${count(canary)}`] : []),
    ...(typeof rate === 'number' ? [`at most ${count(rate)} a second`] : []),
    ...(typeof limit === 'number' ? [`at most ${count(limit)}, oldest first`] : []),
  ]
}

/** Whether something goes away that was there. */
export function isDestructive({operation}: KeptOperation): boolean {
  return operation === 'purge' || operation === 'dlq purge'
}
