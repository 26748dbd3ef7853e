import swagger from '@fastify/swagger'
import type {FastifyInstance} from 'fastify'
import {type TSchema, Type} from 'typebox'
import {Problem} from './shape/problem.ts'

/** What a route says of itself. */
interface RouteSchema {
  response?: Record<string, unknown>
  [part: string]: unknown
}

/** Describes every route, with what all of them have in common. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'qtool',
        version,
        description:
          'Queues in Redis that are drained into Postgres: their state, their dead letters, and what can be done.',
      },
      components: {securitySchemes: {token: {type: 'http', scheme: 'bearer'}}},
      security: [{token: []}],
    },
    transform: ({schema, url, route}) => ({
      schema: withCommon(schema as RouteSchema, [route.method].flat()),
      url,
    }),
  })
}

const ERROR = {
  description: 'An error. 429 and 503 come with Retry-After.',
  content: {'application/json': {schema: Problem}},
}

const IdempotencyKey = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({maxLength: 200, description: 'Under the same key, the request acts once.'}),
  ),
})

function withCommon({docBody, response, ...schema}: RouteSchema, methods: string[]): RouteSchema {
  const isPost = methods.includes('POST')
  return {
    ...schema,
    ...(docBody ? {body: docBody} : {}),
    ...(isPost ? {headers: IdempotencyKey} : {}),
    response: {...response, '4xx': ERROR, '5xx': ERROR},
  }
}

/** A body that is described, and read by the route itself. */
export function describedBody(shape: TSchema): {docBody: TSchema} {
  return {docBody: shape}
}

/** The answer of a route of events. */
export const EVENT_STREAM = {
  200: {
    description: 'Server-sent events.',
    content: {'text/event-stream': {schema: Type.String()}},
  },
}
