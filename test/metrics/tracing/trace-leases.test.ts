import {BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor} from '@opentelemetry/sdk-trace-base'
import {beforeAll, describe, expect, it, onTestFinished, vi} from 'vitest'
import {traceChunks} from '../../../src/metrics/tracing/trace-chunks.ts'
import {traceLeases} from '../../../src/metrics/tracing/trace-leases.ts'
import {Tracing} from '../../../src/metrics/tracing/tracing.ts'
import {drainAll, push, testSink, useServers} from '../../support/context.ts'

const context = useServers()
beforeAll(async () => {
  await context.pool.query(`CREATE TABLE t (a int); CREATE SEQUENCE moods;
    CREATE FUNCTION mood() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF NEW.a = 13 AND nextval('${context.schema}.moods') = 1 THEN RAISE EXCEPTION 'secret %', NEW.a USING ERRCODE = '40001'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER mood BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION mood()`)
})

function traced(oneIn: number) {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({spanProcessors: [new SimpleSpanProcessor(exporter)]})
  const tracing = new Tracing(provider.getTracer('test'), oneIn)
  const spans = async () => {
    await tracing.settled()
    return exporter.getFinishedSpans()
  }
  return {tracing, spans}
}

describe('leases', () => {
  it('continue the trace of a chunk, and others are traced as often as asked', async () => {
    const never = traced(Number.POSITIVE_INFINITY)
    const at = context.newQueue()
    const producer = await at.engine.openProducer({
      mode: 'batch',
      batch: 1,
      priority: 0,
      tracing: traceChunks(traced(1).tracing, at.queue),
    })
    await producer.add(Buffer.from('{"a":1}'), 0, 7)
    await producer.finish()
    await producer.close()
    await push(context, at.keys, ['{"a":2}', '{"a":3}'])
    const observers = [traceLeases(never.tracing, at.engine, 't')]
    await drainAll(context, await testSink(context, 't'), at, {workers: 1, batch: 1, observers})
    const spans = await never.spans()
    expect(spans.filter(({name}) => name.startsWith('process'))).toHaveLength(1)
    expect(spans.find(({name}) => name.startsWith('process'))?.parentSpanContext?.isRemote).toBe(true)
  })

  it('that fail say with which SQLSTATE, and nothing of the record', async () => {
    const {tracing, spans} = traced(1)
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":13}'])
    const observers = [traceLeases(tracing, at.engine, 't')]
    await drainAll(context, await testSink(context, 't'), at, {workers: 1, observers})
    const leases = (await spans()).filter(({name}) => name.startsWith('process'))
    expect(leases.map(({attributes, status}) => [attributes['qtool.lease.outcome'], status.code])).toEqual([
      ['failed', 2],
      ['settled', 0],
    ])
    expect(leases[0].attributes['error.type']).toBe('40001')
    expect(
      JSON.stringify(leases.map(({attributes, status, events}) => ({attributes, status, events}))),
    ).not.toContain('secret')
  })

  it('are written also where Redis refuses the question for their traces', async () => {
    const {tracing, spans} = traced(1)
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":5}'])
    vi.spyOn(at.engine, 'tracesOf').mockRejectedValue(new Error('NOPERM'))
    const observers = [traceLeases(tracing, at.engine, 't')]
    const tally = await drainAll(context, await testSink(context, 't'), at, {workers: 1, observers})
    expect([tally.inserted, (await spans()).length]).toEqual([1, 3])
  })
})

describe('a share of one in N', () => {
  it('is chosen at random', () => {
    const random = vi.spyOn(Math, 'random')
    onTestFinished(() => random.mockRestore())
    const {tracing} = traced(1000)
    const drawn = [0, 0.0009, 0.0011, 0.5, 0.999].map((value) => {
      random.mockReturnValueOnce(value)
      return tracing.isNext()
    })
    expect(drawn).toEqual([true, true, false, false, false])
  })
})
