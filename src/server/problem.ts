import type {FastifyReply} from 'fastify'
import {type ErrorKind, QtoolError} from '../errors.ts'
import {type ErrorView, jsonError, viewError} from '../render/error.ts'

/** The status of an error by its kind, unless its code says more. */
const STATUS_OF_KIND: Record<ErrorKind, number> = {
  failure: 500,
  usage: 400,
  partial: 500,
  connect: 503,
  check: 409,
  refused: 403,
  measurement: 500,
  interrupted: 503,
}

const STATUS_OF_CODE: Record<string, number> = {
  UNAUTHORIZED: 401,
  NO_QUEUE: 404,
  NO_LETTER: 404,
  NO_OPERATION: 404,
  NO_ROUTE: 404,
  NO_SETTING: 503,
  NO_TRASH: 404,
  SLOW_BODY: 408,
  BAD_GZIP: 400,
  RUNNING: 409,
  DRIFTED: 409,
  STATE: 409,
  UNCONFIRMED: 409,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE: 415,
  KEY_REUSED: 422,
  TOO_MANY: 429,
  BUSY: 503,
  POOL_EXHAUSTED: 503,
  TOO_FEW_CONNECTIONS: 503,
  DRAINING: 503,
}

/** What fastify throws on its own, in our words. */
const OF_FASTIFY: Record<string, (said: string) => Pick<ErrorView, 'code' | 'message' | 'suggestions'>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => ({
    code: 'BODY_TOO_LARGE',
    message: 'the body is larger than 1 MiB, the limit of this route',
    suggestions: [
      'send records as a stream to POST /queue/{queue}/items, which has no limit but that of an item',
    ],
  }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => ({
    code: 'MEDIA_TYPE',
    message: 'expected the Content-Type application/json',
    suggestions: ['records may also be application/x-ndjson, at POST /queue/{queue}/items'],
  }),
  FST_ERR_BAD_URL: () => ({
    code: 'USAGE',
    message: 'the address is not valid: a % must be followed by two hexadecimal digits of UTF-8',
    suggestions: [],
  }),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => ({
    code: 'USAGE',
    message: 'the Content-Type is application/json, but the body is empty',
    suggestions: ['send {} or leave the Content-Type out'],
  }),
  FST_ERR_CTP_INVALID_JSON_BODY: (said) => ({
    code: 'USAGE',
    message: `the body is not JSON: ${said}`,
    suggestions: [],
  }),
}

/** Seconds after which a caller should try again. */
const RETRY_SECONDS = 1

export interface Problem {
  status: number
  body: ReturnType<typeof jsonError>
}

/** An error as it is answered. @param redact removes secrets from a text */
export function problemOf(error: unknown, redact: (text: string) => string): Problem {
  const view = {...viewError(error, redact), ...ofFastify(error)}
  return {status: statusOf(view, error), body: jsonError(view)}
}

export function sendProblem(reply: FastifyReply, {status, body}: Problem): FastifyReply {
  const isToRepeat = status === 503 || status === 429 || body.error.code === 'RUNNING'
  if (isToRepeat) reply.header('retry-after', RETRY_SECONDS)
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="qtool"')
  return reply.code(status).send(body)
}

function statusOf({code, kind}: ErrorView, error: unknown): number {
  const known = STATUS_OF_CODE[code]
  if (known !== undefined) return known
  const ofFastify = (error as {statusCode?: unknown} | null)?.statusCode
  return kind === 'failure' && typeof ofFastify === 'number' ? ofFastify : STATUS_OF_KIND[kind]
}

function ofFastify(error: unknown): Partial<ErrorView> {
  if (error instanceof QtoolError) return {}
  const {code, statusCode} = (error ?? {}) as {code?: unknown; statusCode?: unknown}
  const said = error instanceof Error ? error.message : ''
  if (typeof code !== 'string' || !code.startsWith('FST_')) {
    // Its JSON reader throws errors that have a status, and no code
    return statusCode === 400
      ? {code: 'USAGE', message: `the body is not taken: ${said}`, suggestions: []}
      : {}
  }
  return OF_FASTIFY[code]?.(said) ?? {code: 'USAGE', message: said, suggestions: []}
}
