import type {KeptOperation as Kept} from '../../operations/kept/kept-operation.ts'

/** An operation, with its input as the page reads it. */
export interface KeptOperation extends Kept {
  input: {[name: string]: unknown}
}

export type OperationState = Kept['state']

/** States after which nothing happens by itself. */
export const OVER: readonly OperationState[] = ['done', 'failed', 'cancelled', 'undone']
