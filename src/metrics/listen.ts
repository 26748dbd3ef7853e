import {once} from 'node:events'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {Registry} from 'prom-client'
import {messageOf, QtoolError} from '../errors.ts'
import type {Told} from './worker-metrics.ts'

/** Where metrics are served. */
export interface Place {
  host: string
  /** 0 for any free one. */
  port: number
}

/** A server of metrics. */
export interface MetricsServer {
  /** e.g. `http://127.0.0.1:9464`. */
  url: string
  close(): Promise<void>
}

/** How long a client may take to send its request, ms. */
const REQUEST_MS = 10_000

/**
 * Serves `/metrics`, `/healthz` and `/readyz` over plain HTTP, without asking who calls.
 * @throws QtoolError (usage) if the place cannot be had
 */
export async function listen(place: Place, told: Told): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    answer(request, told).then(
      (reply) => send(response, reply),
      (error: unknown) => send(response, json(500, {error: messageOf(error)})),
    )
  })
  server.requestTimeout = REQUEST_MS
  server.headersTimeout = REQUEST_MS
  server.listen(place.port, place.host)
  await once(server, 'listening').catch((error: unknown) => {
    throw cannotListen(place, error)
  })
  // What is measured decides when the process ends
  server.unref()
  const {port} = server.address() as AddressInfo
  return {url: `http://${inUrl(place.host)}:${port}`, close: () => close(server)}
}

interface Reply {
  status: number
  type: string
  body: string
}

async function answer({method, url}: IncomingMessage, told: Told): Promise<Reply> {
  if (method !== 'GET' && method !== 'HEAD') return json(405, {error: 'expected GET'})
  const [path] = (url ?? '').split('?')
  if (path === '/metrics') {
    return {status: 200, type: Registry.PROMETHEUS_CONTENT_TYPE, body: await told.text()}
  }
  // Also while it stops: a restart would end the leases that it finishes
  if (path === '/healthz') return json(200, {status: 'alive'})
  if (path !== '/readyz') return json(404, {error: 'expected /metrics, /healthz or /readyz'})
  const failed = told.failed()
  return failed.length === 0 ? json(200, {status: 'ready'}) : json(503, {status: 'not ready', failed})
}

function json(status: number, body: object): Reply {
  return {status, type: 'application/json', body: `${JSON.stringify(body)}\n`}
}

function send(response: ServerResponse, {status, type, body}: Reply): void {
  const headers = {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  }
  response.writeHead(status, headers).end(body)
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

function cannotListen({host, port}: Place, error: unknown): QtoolError {
  return new QtoolError(`metrics cannot be served at ${host}, port ${port}: ${messageOf(error)}`, {
    code: 'METRICS_PORT',
    kind: 'usage',
    suggestions: ['use another --metrics-port, or 0 for any free one'],
    cause: error,
  })
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
