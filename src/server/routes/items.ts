import type {Readable} from 'node:stream'
import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify'
import {type Static, Type} from 'typebox'
import {assertQueueName} from '../../config/queue-name.ts'
import {QtoolError} from '../../errors.ts'
import {requireQueue} from '../../operations/known-queue.ts'
import {peek} from '../../operations/peek.ts'
import {callerFor, type RequestCaller} from '../caller.ts'
import {describedBody} from '../described.ts'
import {type Account, type BodyFormat, emptyAccount, ingest} from '../ingest.ts'
import type {Server} from '../server.ts'
import {IngestAccount, PeekResult} from '../shape/items.ts'
import {closed, limit, QueueParams, Where} from '../shape/params.ts'

const PeekQuery = closed({where: Where, limit: limit(1000, 20)})
const IngestQuery = closed({
  priority: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 99,
      description: '0 leaves first; 10 if left out. Refused by a list or a stream.',
    }),
  ),
  keepDuplicates: Type.Optional(Type.Boolean({description: 'Keep identical records apart.'})),
})

type Named = {Params: Static<typeof QueueParams>}
type IngestRequest = FastifyRequest<Named & {Querystring: Static<typeof IngestQuery>}>

const FORMATS: Record<string, BodyFormat> = {
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/x-jsonlines': 'ndjson',
  'application/json': 'json',
}

const Records = Type.Unsafe<unknown>({
  type: ['object', 'array', 'string'],
  description: 'NDJSON: one record a line. JSON: one record, or an array of records.',
})

const tags = ['items']

/** What goes into a queue, and what waits in it. */
export function addItems({app, resources}: Server): void {
  const peeking = {
    tags,
    summary: 'The items that leave next, or the first that a filter selects; none is taken.',
    params: QueueParams,
    querystring: PeekQuery,
    response: {200: PeekResult},
  }
  app.get<Named & {Querystring: Static<typeof PeekQuery>}>(
    '/queue/:queue/items',
    {schema: peeking},
    async (request) => {
      const {where, limit: most = 20} = request.query
      const caller = callerFor(resources, request, request.params.queue)
      await caller.withQueue(({queue}) => requireQueue(queue))
      return resources.searches.pass(() => peek(caller, {where, limit: most}))
    },
  )

  const ingesting = {
    tags,
    summary: 'Puts records into a queue.',
    description:
      'The body is NDJSON, read as it comes and of any length, or JSON: one record or an array. It may be gzipped. 207 means that some records were rejected; the others are in the queue.',
    consumes: Object.keys(FORMATS),
    ...describedBody(Records),
    params: QueueParams,
    querystring: IngestQuery,
    response: {200: IngestAccount, 207: IngestAccount},
  }
  // Nothing of the body may be read before the route reads it
  app.register(async (scope: FastifyInstance) => {
    scope.removeAllContentTypeParsers()
    for (const type of Object.keys(FORMATS))
      scope.addContentTypeParser(type, (_, payload, done) => done(null, payload))
    const config = {isStream: true}
    scope.post<Named & {Querystring: Static<typeof IngestQuery>}>(
      '/queue/:queue/items',
      {schema: ingesting, config},
      async (request, reply) => {
        const caller = callerFor(resources, request, assertQueueName(request.params.queue))
        caller.actor.assertMayWrite()
        return answer(reply, await take(request, reply, caller))
      },
    )
  })

  async function take(request: IngestRequest, reply: FastifyReply, caller: RequestCaller): Promise<Account> {
    const {queue} = request.params
    const {priority, keepDuplicates = false} = request.query
    const account = emptyAccount(queue)
    const given = {
      ...{queue, priority, keepDuplicates},
      body: bodyOf(request),
      format: FORMATS[mediaType(request)],
      isGzip: isGzip(request),
      records: resources.settings.records.value,
      signal: caller.signal,
      note: caller.note,
    }
    try {
      await ingest(resources, given, account)
    } catch (error) {
      // What is left of the body would be taken for the next request
      reply.header('connection', 'close').raw.once('finish', () => request.raw.destroy())
      throw withAccount(resources.translate(error), account)
    }
    return account
  }
}

function answer(reply: FastifyReply, account: Account): FastifyReply {
  return reply.code(account.rejected > 0 ? 207 : 200).send(account)
}

function bodyOf({body}: FastifyRequest): Readable {
  if (body && typeof (body as Readable).pipe === 'function') return body as Readable
  throw new QtoolError('expected records in the body, and it is empty', {code: 'USAGE', kind: 'usage'})
}

function mediaType({headers}: FastifyRequest): string {
  return (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase()
}

function isGzip({headers}: FastifyRequest): boolean {
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase()
  if (!['gzip', 'x-gzip', 'identity'].includes(encoding)) {
    throw new QtoolError(`expected the Content-Encoding gzip or none, got ${JSON.stringify(encoding)}`, {
      code: 'MEDIA_TYPE',
      kind: 'usage',
    })
  }
  return encoding !== 'identity'
}

/** Adds to an error what had been accepted by then. */
function withAccount(error: unknown, {read, enqueued, duplicates, rejected, unsent}: Account): unknown {
  if (!(error instanceof Error) || read === 0) return error
  const known = error instanceof QtoolError ? error : undefined
  const so = `${enqueued} of ${read} records read had been enqueued, ${duplicates} were duplicates, ${rejected} rejected, ${unsent} unsent`
  return new QtoolError(`${error.message}; by then ${so}`, {
    code: known?.code ?? 'INTERRUPTED',
    kind: known?.kind ?? 'failure',
    suggestions:
      known && known.code !== 'BAD_GZIP'
        ? known.suggestions
        : ['send the same records again; those still in the queue count as duplicates'],
    cause: error,
  })
}
