import {usageError} from '../../errors.ts'
import type {QueueHome} from '../home.ts'

/** @throws QtoolError (usage) for a queue of a job library, whose own workers would stumble over a record */
export function assertTakesRecords(queue: string, {payload = 'json'}: QueueHome): void {
  if (payload === 'json') return
  throw usageError(
    `queue ${queue} holds jobs of ${payload}, which qtool drains but cannot create`,
    `enqueue with ${payload} itself, or name another queue with -q`,
  )
}
