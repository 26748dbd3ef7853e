import {QtoolError} from '../../errors.ts'
import type {QueueKeys} from '../../redis/keys.ts'

/** One runner's right to carry an operation on: it ends with the next runner, and with every change of the state. */
export interface OperationHold {
  /** Of the operation. */
  id: string
  fence: number
}

/** How something that was removed or replaced is restored. */
export interface Restoring {
  /** Of the operation that is undone. */
  hold?: OperationHold
  /** Told of everything that is back. */
  onRestored?(count: number): void
}

/** What a purge is that a kept operation makes: one trash takes everything, whoever carries it on. */
export interface KeptPurge {
  hold: OperationHold
  /** Id of the trash. */
  trash: string
  /** Moved into it by earlier runners. */
  done: number
}

/** A purge whose trash has its id from the beginning; it may be part of a kept operation. */
export type NamedPurge = Pick<KeptPurge, 'trash'> & Partial<KeptPurge>

/** The key of an operation for a script that may serve one; none for a change that is not part of an operation. */
export function heldKey(keys: QueueKeys, hold: OperationHold | undefined): string[] {
  return hold ? [keys.operation(hold.id)] : []
}

/** The fence as an argument of such a script. */
export function fenceText(hold: OperationHold | undefined): string {
  return hold ? String(hold.fence) : ''
}

/**
 * For scripts that change items or letters: if they do so for a kept operation, nothing is changed unless its runner
 * still holds it, and `count_change(n)` adds to what it has done, in the same step in which it is done. So neither a
 * runner that was killed nor one that was given up can count anything twice, or not at all.
 * @param key of the operation as the script names it, the last of its keys: it is nil without an operation
 * @param fence as the script names it
 */
export const underHold = (key: string, fence: string) => `
local function count_change() end
if ${key} then
  local held = redis.call('HMGET', ${key}, 'state', 'fence')
  if held[2] ~= ${fence} or (held[1] ~= 'running' and held[1] ~= 'undoing') then
    return redis.error_reply('NOTHELD another runner or state')
  end
  function count_change(n)
    if n > 0 then redis.call('HINCRBY', ${key}, held[1] == 'running' and 'done' or 'restored', n) end
  end
end`

/** Whether a change was refused because the operation is no longer held: paused, cancelled or carried on elsewhere. */
export function isNotHeld(error: unknown): boolean {
  if (error instanceof QtoolError) return isNotHeld(error.cause)
  return error instanceof Error && error.message.startsWith('NOTHELD')
}
