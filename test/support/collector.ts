import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {onTestFinished} from 'vitest'

/** A span as OTLP writes it in JSON. */
export interface CollectedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Array<{key: string; value: Record<string, unknown>}>
  links: Array<{traceId: string; spanId: string}>
  status: {code?: number; message?: string}
}

/** A collector of traces that listens until the end of the test. */
export interface Collector {
  url: string
  spans: CollectedSpan[]
  /** The resource that sent the last ones. */
  resource: Map<string, unknown>
}

export async function startCollector(): Promise<Collector> {
  const collector: Collector = {url: '', spans: [], resource: new Map()}
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    if (request.url === '/v1/traces') {
      for (const {resource, scopeSpans} of JSON.parse(text).resourceSpans) {
        collector.resource = attributesOf(resource)
        for (const {spans} of scopeSpans) collector.spans.push(...spans)
      }
    }
    response.setHeader('content-type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  collector.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return collector
}

export function attributesOf({attributes}: Pick<CollectedSpan, 'attributes'>): Map<string, unknown> {
  return new Map(attributes.map(({key, value}) => [key, Object.values(value)[0]]))
}
