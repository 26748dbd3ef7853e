import {ROOT_CONTEXT, type Span, SpanKind, trace} from '@opentelemetry/api'
import type {QueueEngine} from '../../queue/engine.ts'
import {OUTCOME_NAMES, OUTCOMES} from '../../record/outcomes.ts'
import {type HeldLease, sizeOf} from '../../worker/held-lease.ts'
import type {WorkerObserver, WrittenLease} from '../../worker/observer.ts'
import {fail, messaging} from './attributes.ts'
import {below, readContext, type Tracing} from './tracing.ts'

/** A lease under way. Times are ms since 1970 with fractions. */
interface Course {
  takenAt: number
  /** Contexts of the chunks that its items came in. */
  contexts: Promise<string[]>
  commit?: {from: number; until: number; written: WrittenLease}
}

/**
 * Traces leases: those with an item of a traced chunk, whose trace they continue, and some of the others. Spans are made
 * at the end of a lease, when it is known whether it is traced.
 */
export function traceLeases(tracing: Tracing, queue: QueueEngine, table: string): WorkerObserver {
  const courses = new WeakMap<HeldLease, Course>()
  const end = (lease: HeldLease, outcome: string, error?: unknown) => {
    const course = courses.get(lease)
    // A lease that was lost is settled as well
    if (!course || !courses.delete(lease)) return
    const facts = {queue: queue.name, table, lease, outcome, error, endedAt: now()}
    tracing.expect(
      course.contexts.then((contexts) => {
        if (contexts.length > 0 || tracing.isNext()) makeSpans(tracing, {...facts, ...course, contexts})
      }),
    )
  }
  return {
    taken: (lease) => {
      courses.set(lease, {takenAt: now(), contexts: queue.tracesOf(lease).catch(() => [])})
    },
    written(lease, written, ms) {
      const course = courses.get(lease)
      const until = now()
      if (course) course.commit = {from: until - ms, until, written}
    },
    settled: (lease) => end(lease, 'settled'),
    gaveBack: (lease, why, error) => end(lease, why === 'failed' ? 'failed' : 'released', error),
    split: (lease) => end(lease, 'split'),
    lost: (lease) => end(lease, 'lost', 'lease_lost'),
  }
}

interface Ended extends Omit<Course, 'contexts'> {
  queue: string
  table: string
  lease: HeldLease
  contexts: string[]
  outcome: string
  error: unknown
  endedAt: number
}

/** The lease, its transaction and its acknowledgement; linked to the chunks, the first of which is its parent. */
function makeSpans({tracer}: Tracing, ended: Ended): void {
  const {queue, table, lease, commit, takenAt, endedAt} = ended
  const chunks = ended.contexts.flatMap((text) => readContext(text) ?? [])
  const {count} = sizeOf(lease)
  const span = tracer.startSpan(
    `process ${queue}`,
    {
      kind: SpanKind.CONSUMER,
      startTime: takenAt,
      links: chunks.map((context) => ({context})),
      attributes: {
        ...messaging(queue, 'process', count),
        'qtool.lease.attempt': lease.attempt,
        'qtool.lease.outcome': ended.outcome,
      },
    },
    below(chunks[0]),
  )
  if (commit) addCommit(span, commit)
  if (ended.error !== undefined) fail(span, ended.error)
  span.end(endedAt)

  function addCommit(parent: Span, {from, until, written}: NonNullable<Course['commit']>): void {
    const inLease = trace.setSpan(ROOT_CONTEXT, parent)
    const attributes = {
      'db.system.name': 'postgresql',
      'db.operation.name': 'COMMIT',
      'db.collection.name': table,
      'db.operation.batch.size': written.records,
      ...Object.fromEntries(
        OUTCOME_NAMES.map((outcome) => [`qtool.records.${OUTCOMES[outcome]}`, written[outcome]]),
      ),
      'qtool.records.dead_lettered': written.deadLetters.length,
    }
    const kind = SpanKind.CLIENT
    tracer.startSpan(`COMMIT ${table}`, {kind, startTime: from, attributes}, inLease).end(until)
    const settling = {kind, startTime: until, attributes: messaging(queue, 'settle')}
    tracer.startSpan(`settle ${queue}`, settling, inLease).end(endedAt)
  }
}

function now(): number {
  return performance.timeOrigin + performance.now()
}
