import {once} from 'node:events'
import {request as httpRequest, type IncomingHttpHeaders} from 'node:http'
import {inject} from 'vitest'
import {resolveSettings, type Settings} from '../../src/config/settings.ts'
import {connectionBudget} from '../../src/redis/budget.ts'
import {openRedis} from '../../src/redis/connect.ts'
import {type ServeOptions, type ServeResult, serve} from '../../src/server/serve.ts'

import {OpenApiCheck} from './openapi-check.ts'

export const TOKEN = 'a-token-for-the-tests'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  // Tests look at answers of every shape
  // biome-ignore lint/suspicious/noExplicitAny: see above
  json: any
}

export interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
}

export interface TestApi {
  url: string
  port: number
  notes: string[]
  /** Sends a request with the token, exactly as given: fetch would not send another Host. */
  ask(path: string, asked?: Asked): Promise<Answer>
  /** The same with a JSON body. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Tells the server to stop, and waits until it has. */
  stop(): Promise<ServeResult>
}

export interface TestServeOptions extends Partial<Omit<ServeOptions, 'settings'>> {
  settings?: Partial<Settings>
  redisUrl?: string
  databaseUrl?: string | null
}

/**
 * Starts a server on a free port, over the servers of the suite unless told otherwise. Every answer is checked against
 * the description that the server publishes.
 */
export async function startServe(options: TestServeOptions = {}): Promise<TestApi> {
  const stop = new AbortController()
  const notes: string[] = []
  const redisUrl = options.redisUrl ?? inject('redisUrl')
  const databaseUrl = options.databaseUrl === undefined ? inject('databaseUrl') : options.databaseUrl
  const flags = {'redis-url': redisUrl, ...(databaseUrl !== null && {'database-url': databaseUrl})}
  let listening: (url: string) => void = () => {}
  const isListening = new Promise<string>((resolve) => {
    listening = resolve
  })
  const settings = {...resolveSettings({flags, env: {}}), ...options.settings}
  const budget = connectionBudget(settings)
  const running = serve({
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    tls: undefined,
    rate: undefined,
    maxRequests: 1000,
    bodyMs: 5000,
    graceMs: 5000,
    env: {QTOOL_TOKEN: TOKEN},
    signal: stop.signal,
    note: (text) => notes.push(text),
    onListening: ({url}) => listening(url),
    openRedis: () => openRedis(redisUrl, {reconnectMs: Number.POSITIVE_INFINITY, commandMs: 2000, budget}),
    ...options,
    settings,
  })
  const url = await Promise.race([isListening, running.then(() => '')])
  const port = Number(new URL(url).port)
  const check = options.tls ? undefined : new OpenApiCheck((await askServer(port, '/openapi.json')).json)
  const ask = async (path: string, asked?: Asked) => {
    const answer = await askServer(port, path, asked)
    const fault = check?.faultOf(asked?.method ?? 'GET', path, answer.status, answer.json)
    if (fault !== undefined) throw new Error(`an answer is not as /openapi.json says: ${fault}`)
    return answer
  }
  return {
    url,
    port,
    notes,
    ask,
    post: (path, body, headers) => ask(path, jsonPost(body, headers)),
    stop: () => {
      stop.abort()
      return running
    },
  }
}

function jsonPost(body: unknown, headers: Record<string, string> = {}): Asked {
  if (body === undefined) return {method: 'POST', headers}
  const type = {'content-type': 'application/json'}
  return {method: 'POST', headers: {...type, ...headers}, body: JSON.stringify(body)}
}

async function askServer(
  port: number,
  path: string,
  {method = 'GET', headers, body}: Asked = {},
): Promise<Answer> {
  const shown = {authorization: `Bearer ${TOKEN}`, ...headers}
  const request = httpRequest({host: '127.0.0.1', port, path, method, headers: shown, agent: false})
  request.end(body)
  const [response] = await once(request, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const isJson = /json/.test(response.headers['content-type'] ?? '')
  return {
    status: response.statusCode,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  }
}
