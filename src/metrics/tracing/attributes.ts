import {type Attributes, type Span, SpanStatusCode} from '@opentelemetry/api'
import {DatabaseError} from 'pg'

/** What a span about messages has. Names of the semantic conventions 1.44, where messaging is still in development. */
export function messaging(
  queue: string,
  operation: 'send' | 'process' | 'settle',
  items?: number,
): Attributes {
  return {
    'messaging.system': 'redis',
    'messaging.destination.name': queue,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    ...(items !== undefined && {'messaging.batch.message_count': items}),
  }
}

/** Marks a span as failed. Messages may hold values of records, and are left out. */
export function fail(span: Span, error: unknown): void {
  span.setStatus({code: SpanStatusCode.ERROR})
  span.setAttribute('error.type', typeOf(error))
}

function typeOf(error: unknown): string {
  if (error instanceof DatabaseError && error.code) return error.code
  return error instanceof Error ? error.name : String(error)
}
