import {beforeAll, describe, expect, it} from 'vitest'
import {cli, cliEnv, cliJson} from '../../support/cli.ts'
import {attributesOf, type CollectedSpan, startCollector} from '../../support/collector.ts'
import {useServers} from '../../support/context.ts'
import {builtCode, loadedCode, NAMING_MODULES} from '../../support/loaded-modules.ts'

const context = useServers()
beforeAll(() => context.pool.query('CREATE TABLE traced (a int PRIMARY KEY)'))

const [CLIENT, PRODUCER, CONSUMER] = [3, 4, 5]

/** Enqueues some records and drains them, with the same flags and environment. */
async function enqueueAndWork(input: string, flags: string[], extra: NodeJS.ProcessEnv) {
  const {queue} = context.newQueue()
  const env = cliEnv(extra)
  const enqueued = await cliJson(['enqueue', '-q', queue, '--batch', '2', ...flags], {env, input})
  const words = ['work', '-q', queue, '--table', `${context.schema}.traced`, '--until-empty', ...flags]
  return {queue, enqueued, worked: await cliJson(words, {env})}
}

function named(spans: CollectedSpan[], start: string): CollectedSpan[] {
  return spans.filter(({name}) => name.startsWith(start))
}

describe('enqueue and work with --trace', () => {
  it('make one tree from the chunk to COMMIT, over OTLP', async () => {
    const collector = await startCollector()
    const env = {OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_RESOURCE_ATTRIBUTES: 'team=gliders'}
    const {queue, worked} = await enqueueAndWork('{"a":1}\n{"a":2}\n', ['--trace', '1/1'], env)
    expect(worked.json).toMatchObject({inserted: 2})
    const [sent] = named(collector.spans, 'send')
    const [processed] = named(collector.spans, 'process')
    const [committed] = named(collector.spans, 'COMMIT')
    const [settled] = named(collector.spans, 'settle')
    expect(collector.spans).toHaveLength(4)
    expect(new Set(collector.spans.map(({traceId}) => traceId)).size).toBe(1)
    expect([sent.parentSpanId ?? '', processed.parentSpanId]).toEqual(['', sent.spanId])
    expect([committed.parentSpanId, settled.parentSpanId]).toEqual([processed.spanId, processed.spanId])
    expect(processed.links).toMatchObject([{traceId: sent.traceId, spanId: sent.spanId}])
    expect([sent.kind, processed.kind, committed.kind]).toEqual([PRODUCER, CONSUMER, CLIENT])
    expect(committed.name).toBe(`COMMIT ${context.schema}.traced`)
    expect(Object.fromEntries(attributesOf(processed))).toMatchObject({
      'messaging.system': 'redis',
      'messaging.destination.name': queue,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.batch.message_count': 2,
      'qtool.lease.outcome': 'settled',
    })
    expect(attributesOf(committed).get('qtool.records.inserted')).toBe(2)
    expect(collector.resource.get('service.name')).toBe('qtool')
    expect(collector.resource.get('team')).toBe('gliders')
    expect(await context.redis.exists(`sent:${queue}:traces`)).toBe(0)
  })

  it('say when each step began and ended', async () => {
    const collector = await startCollector()
    const before = Date.now()
    const env = {OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, QTOOL_TRACE: '1/1'}
    await enqueueAndWork('{"a":11}\n', [], env)
    const ms = (nanos: string) => Number(BigInt(nanos) / 1000n) / 1000
    const times = ['send', 'process', 'COMMIT', 'settle'].flatMap((start) => {
      const [span] = named(collector.spans, start)
      return [[ms(span.startTimeUnixNano), ms(span.endTimeUnixNano)]]
    })
    const [send, process, commit, settle] = times
    for (const [from, until] of times) expect(from).toBeLessThanOrEqual(until)
    expect(send[0]).toBeGreaterThanOrEqual(before - 5)
    expect(send[1]).toBeLessThanOrEqual(process[0])
    expect(process[0]).toBeLessThanOrEqual(commit[0])
    expect([settle[0], settle[1]]).toEqual([commit[1], process[1]])
    expect(process[1]).toBeLessThanOrEqual(Date.now() + 5)
  })

  it('link a lease to each chunk that it holds', async () => {
    const collector = await startCollector()
    const env = {OTEL_EXPORTER_OTLP_ENDPOINT: collector.url}
    await enqueueAndWork('{"a":21}\n{"a":22}\n{"a":23}\n', ['--trace', '1/1'], env)
    const sent = named(collector.spans, 'send').map(({spanId}) => spanId)
    const [processed] = named(collector.spans, 'process')
    expect(sent).toHaveLength(2)
    expect(processed.links.map(({spanId}) => spanId).sort()).toEqual(sent.sort())
  })

  it('go on if the collector is away, and say so once', async () => {
    const env = {OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9'}
    const {enqueued, worked} = await enqueueAndWork('{"a":31}\n', ['--trace', '1/1'], env)
    expect([enqueued.json.enqueued, worked.json.inserted]).toEqual([1, 1])
    expect([enqueued.code, worked.code]).toEqual([0, 0])
    expect(worked.stderr.match(/traces cannot be sent/g)).toHaveLength(1)
  })

  it('load nothing for traces without it', async () => {
    const {worked, enqueued} = await enqueueAndWork('{"a":41}\n', [], NAMING_MODULES)
    for (const {stderr} of [worked, enqueued]) {
      expect(loadedCode(stderr)).toContain('hgetall')
      expect(stderr).not.toContain('node_modules/@opentelemetry')
      expect(loadedCode(stderr)).not.toContain('@opentelemetry/')
    }
    expect(builtCode()).toContain('@opentelemetry/')
  })

  it('refuse what is no share', async () => {
    const flag = await cli(['enqueue', '--trace', '0.5', '--count', '1'])
    expect([flag.code, flag.stderr]).toEqual([2, expect.stringContaining('expected --trace to be 1/N')])
    const variable = await cli(['enqueue', '--count', '1'], {env: cliEnv({QTOOL_TRACE: '0.5'})})
    expect([variable.code, variable.stderr]).toEqual([2, expect.stringContaining('QTOOL_TRACE to be 1/N')])
  })
})
