import {SpanKind} from '@opentelemetry/api'
import type {ChunkTracing} from '../../queue/producer.ts'
import {fail, messaging} from './attributes.ts'
import {contextText, type Tracing} from './tracing.ts'

/** Traces some of the chunks that a producer sends to a queue: each is one span, from its sending to Redis's reply. */
export function traceChunks(tracing: Tracing, queue: string): ChunkTracing {
  return {
    begin() {
      if (!tracing.isNext()) return undefined
      const attributes = messaging(queue, 'send')
      const span = tracing.tracer.startSpan(`send ${queue}`, {
        kind: SpanKind.PRODUCER,
        root: true,
        attributes,
      })
      return {
        context: contextText(span),
        sent(items, added) {
          span.setAttributes({'messaging.batch.message_count': items, 'qtool.items.added': added})
          span.end()
        },
        failed(error) {
          fail(span, error)
          span.end()
        },
      }
    },
  }
}
