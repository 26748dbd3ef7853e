import {createHash, type Hash} from 'node:crypto'
import {pipeline, Transform} from 'node:stream'
import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify'
import {assertWritable} from '../config/writable.ts'
import {QtoolError} from '../errors.ts'
import {AnswerBook, type Begun} from '../queue/answer-book.ts'
import {hookBodies} from './hook-bodies.ts'
import type {Resources} from './resources.ts'

/** A request under an Idempotency-Key. */
interface Keyed {
  /** Of all bytes of its body that have been read. */
  hash: Hash
  begun?: Begun
  /** The answer to the first request under this key. */
  earlier?: {request: string; status: number; body: string}
}

/**
 * Lets a client send a request again without knowing whether the first one arrived: under the same Idempotency-Key a
 * POST acts once, and is answered the same for a day. Answers of 5xx, 408 and 429 are not kept, since they ask to try
 * again.
 */
export function answerOnce(app: FastifyInstance, resources: Resources): void {
  const book = new AnswerBook(resources.redis.redis)
  const keyed = new WeakMap<FastifyRequest, Keyed>()
  hookBodies(app, {
    async preParsing(request, _, payload) {
      const key = keyOf(request)
      // Under a profile that may only read, not even an answer is written
      if (key === undefined || !mayWrite(resources)) return payload
      const hash = createHash('sha256').update(`${request.method} ${request.url}\n`)
      const {known, begun} = await book.begin(key)
      if (known.state === 'running') throw running()
      const earlier = known.state === 'answered' ? {request: known.request, ...known.answer} : undefined
      keyed.set(request, {hash, begun, earlier})
      const hashed = hashing(hash)
      // A body that breaks off ends the request as it does without a key
      pipeline(payload, hashed, () => {})
      return hashed
    },
    async preHandler(request, reply) {
      const {earlier, hash} = keyed.get(request) ?? {}
      if (!earlier || !hash) return
      if ((await digest(request, hash)) !== earlier.request) throw reused()
      return send(reply, earlier)
    },
    async onSend(request, reply, payload) {
      const {begun, hash} = keyed.get(request) ?? {}
      if (!begun || !hash) return payload
      const {statusCode: status} = reply
      const isToRepeat = status >= 500 || status === 408 || status === 429 || !request.raw.complete
      if (typeof payload !== 'string' || isToRepeat) await begun.forget()
      else await begun.finish(await digest(request, hash), {status, body: payload})
      return payload
    },
  })
}

function mayWrite({settings}: Resources): boolean {
  try {
    assertWritable(settings)
    return true
  } catch {
    return false
  }
}

const VALID = /^[\x21-\x7e]{1,200}$/

function keyOf({method, headers}: FastifyRequest): string | undefined {
  const key = headers['idempotency-key']
  if (method !== 'POST' || key === undefined) return undefined
  if (typeof key === 'string' && VALID.test(key)) return key
  throw new QtoolError('expected the Idempotency-Key to be 1 to 200 printable characters without blanks', {
    code: 'USAGE',
    kind: 'usage',
  })
}

function hashing(hash: Hash): Transform {
  return new Transform({
    transform(chunk, _, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
}

/** Identifies what the request said; a body that nobody has read yet, as of a stream, is read for that. */
async function digest({body}: FastifyRequest, hash: Hash): Promise<string> {
  if (body instanceof Transform) for await (const _ of body);
  return hash.copy().digest('hex')
}

function send(reply: FastifyReply, {status, body}: {status: number; body: string}): FastifyReply {
  return reply
    .code(status)
    .headers({'content-type': 'application/json; charset=utf-8', 'idempotency-replayed': 'true'})
    .serializer((text: string) => text)
    .send(body)
}

function running(): QtoolError {
  return new QtoolError('a request with this Idempotency-Key is still being answered', {
    code: 'RUNNING',
    kind: 'refused',
    suggestions: ['send it again after the time of the Retry-After header'],
  })
}

function reused(): QtoolError {
  return new QtoolError('this Idempotency-Key was used for another request', {
    code: 'KEY_REUSED',
    kind: 'usage',
    suggestions: ['choose a new key for each request'],
  })
}
