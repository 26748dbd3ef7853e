import {type Context, ROOT_CONTEXT, type Span, type SpanContext, type Tracer, trace} from '@opentelemetry/api'

/** Makes spans of some of what happens. */
export class Tracing {
  readonly tracer: Tracer
  readonly #oneIn: number
  readonly #pending = new Set<Promise<void>>()

  /** @param oneIn one in so many chunks, and one in so many leases, is traced */
  constructor(tracer: Tracer, oneIn: number) {
    this.tracer = tracer
    this.#oneIn = oneIn
  }

  /** Whether the next thing is traced: at random, because a fixed step may keep to a rhythm of what it looks at. */
  isNext(): boolean {
    return Math.random() * this.#oneIn < 1
  }

  /** Waits at the end for something that makes spans; whatever it throws is dropped. */
  expect(work: Promise<void>): void {
    const pending = work.catch(() => {}).finally(() => this.#pending.delete(pending))
    this.#pending.add(pending)
  }

  async settled(): Promise<void> {
    await Promise.all(this.#pending)
  }
}

/** A span for others to refer to: W3C `traceparent`. */
export function contextText(span: Span): string {
  const {traceId, spanId, traceFlags} = span.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** @returns undefined for a text that is no context */
export function readContext(text: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? []
  if (traceId === undefined) return undefined
  return {traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true}
}

export function below(parent: SpanContext | undefined): Context {
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT
}
