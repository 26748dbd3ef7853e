import {ApiError, post} from '../api.ts'
import {isProduction} from '../badge.ts'
import {confirm} from '../dialog.ts'
import {h} from '../dom.ts'
import {complain} from '../notices.ts'
import type {KeptOperation} from './shapes.ts'
import {askOf, filterWords, isDestructive, titleOf, verbOf} from './words.ts'

/** What may be asked of an operation. */
export type Step = 'apply' | 'pause' | 'resume' | 'cancel' | 'undo'

/** Asks something of an operation. @returns it as it is now; undefined if that was refused, which is told */
export async function steer(
  {id}: KeptOperation,
  step: Step,
  onDrift: (error: ApiError) => void,
): Promise<KeptOperation | undefined> {
  try {
    return await post<KeptOperation>(`operations/${encodeURIComponent(id)}/${step}`)
  } catch (error) {
    if (error instanceof ApiError && error.code === 'DRIFTED') onDrift(error)
    else complain(error)
    return undefined
  }
}

/** Asks whether a plan is to be applied. In production its queue is typed. */
export function agree(operation: KeptOperation): Promise<boolean> {
  const {queue} = operation
  return confirm({
    title: askOf(operation),
    body: [
      h('p', {}, `${titleOf(operation)} of ${queue}: `, h('code', {}, filterWords(operation))),
      h(
        'p',
        {class: 'hint'},
        canBeUndone(operation)
          ? 'It can be undone for 24 hours.'
          : 'A replay cannot be undone: workers may write its items.',
      ),
    ],
    verb: verbOf(operation),
    isDestructive: isDestructive(operation),
    ...(isProduction() && {typed: queue}),
  })
}

function canBeUndone({operation}: KeptOperation): boolean {
  return operation !== 'dlq replay'
}
