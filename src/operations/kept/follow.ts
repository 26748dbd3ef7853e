import {setTimeout as wait} from 'node:timers/promises'
import type {Stage} from '../../progress/stage.ts'
import type {Caller} from '../context.ts'
import {requireOperation} from './find.ts'
import {type KeptOperation, OVER, viewOf} from './kept-operation.ts'

/** How often an operation is looked at, ms. */
const LOOK_MS = 250

/**
 * Tells whoever watches an operation of each change, at first of how it is now, until it is over or the signal is
 * aborted; returns it as it was last.
 */
export async function followOperation(
  caller: Caller,
  id: string,
  onChange: (operation: KeptOperation) => void,
): Promise<KeptOperation> {
  return caller.withQueue(async (context) => {
    let told = ''
    for (;;) {
      const operation = viewOf(await requireOperation(context, id))
      const text = JSON.stringify({...operation, updatedAt: ''})
      if (text !== told) onChange(operation)
      told = text
      if (OVER.includes(operation.state) || caller.signal.aborted) return operation
      await wait(LOOK_MS, undefined, {signal: caller.signal}).catch(() => {})
    }
  })
}

/** How far an operation is. Whoever only watches it leaves nothing undone. */
export function stageOf({operation, queue, state, done, plan}: KeptOperation): Stage {
  return {
    doing: `${operation} of queue ${queue}, ${state}`,
    done,
    total: plan.affected,
    continued: () => ({instead: 'only the watching has ended'}),
  }
}
