import {usageError} from '../errors.ts'
import {PAYLOAD_KINDS, type PayloadKind, payloadKind} from '../record/payload/payload.ts'
import type {QueueSaid} from './queue-said.ts'

/** @throws QtoolError (usage) for a name of no kind */
export function namedPayload(name: string): PayloadKind {
  const kind = payloadKind(name)
  if (kind) return kind
  throw usageError(
    `expected the payload to be one of ${PAYLOAD_KINDS.join(', ')}, got ${JSON.stringify(name)}`,
  )
}

const POPS: Record<PayloadKind, QueueSaid['usuallyPops']> = {
  json: undefined,
  bullmq: 'right',
  celery: 'right',
  laravel: 'left',
  rq: 'left',
  sidekiq: 'right',
}

/** The end from which a job library pops its lists. */
export function usuallyPops(kind: PayloadKind): QueueSaid['usuallyPops'] {
  return POPS[kind]
}
