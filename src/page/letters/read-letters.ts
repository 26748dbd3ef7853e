import {get} from '../api.ts'
import {ofQueue} from './places.ts'
import type {GroupsAnswer, LettersAnswer} from './shapes.ts'

/** Letters that are listed at a time. */
export const PAGE = 50

/** Most letters that the server groups for one answer. */
export const MOST_GROUPED = 1_000_000

/** Letters that are read for groups at first: the answer comes in a tenth of a second, however many there are. */
export const FIRST_GROUPED = 5000

/** @param from `next` of the answer before; empty for the newest */
export function readLetters(
  queue: string,
  {where, from, signal}: {where: string; from: string; signal: AbortSignal},
): Promise<LettersAnswer> {
  return get(ofQueue(queue, 'dead-letters', {where, from, limit: PAGE}), signal)
}

/** @param limit letters to read, the newest first */
export function readGroups(
  queue: string,
  {where, limit, signal}: {where: string; limit: number; signal: AbortSignal},
): Promise<GroupsAnswer> {
  return get(ofQueue(queue, 'dead-letters/groups', {where, limit}), signal)
}
