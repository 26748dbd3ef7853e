import {readToken} from './token.ts'

/** What the server or the way to it refuses, in the words of the server. */
export class ApiError extends Error {
  /** e.g. `USAGE`; `UNREACHABLE` if the server did not answer. */
  readonly code: string
  readonly suggestions: string[]
  /** HTTP status; 0 without an answer. */
  readonly status: number
  /** What the server answered, whatever it is. */
  readonly body: unknown

  constructor(view: ErrorView, status: number, body?: unknown) {
    super(view.message)
    this.code = view.code
    this.suggestions = view.suggestions ?? []
    this.status = status
    this.body = body
  }
}

interface ErrorView {
  code: string
  message: string
  suggestions?: string[]
}

/** Reads. @param path relative to the page, e.g. `queues` @throws ApiError */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>('GET', path, {signal})
}

/** Changes something. The key lets the server tell a repeated request from a second one. @throws ApiError */
export function post<T>(path: string, body: object = {}): Promise<T> {
  const headers = {'content-type': 'application/json', 'idempotency-key': newKey()}
  return request<T>('POST', path, {body: JSON.stringify(body), headers})
}

async function request<T>(method: string, path: string, init: RequestInit): Promise<T> {
  const response = await send(path, {method, ...init})
  return (await response.json()) as T
}

/** Sends a request with the token; without a right one, the page asks for it (event `unauthorized`). @returns an answer that is not an error @throws ApiError */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const token = readToken()
  const headers = new Headers(init.headers)
  if (token) headers.set('authorization', `Bearer ${token}`)
  const response = await fetch(path, {...init, headers, cache: 'no-store'}).catch((error: unknown) => {
    if (init.signal?.aborted) throw error
    throw new ApiError({code: 'UNREACHABLE', message: 'qtool serve does not answer'}, 0)
  })
  if (response.status === 401) dispatchEvent(new Event('unauthorized'))
  if (!response.ok) throw await readError(response)
  return response
}

async function readError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined)
  const view = (body as {error?: ErrorView} | undefined)?.error
  const unknown = {code: `HTTP_${response.status}`, message: `the server answered ${response.status}`}
  return new ApiError(view ?? unknown, response.status, body)
}

/** Not `randomUUID`, which browsers offer only over TLS and on this machine. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
