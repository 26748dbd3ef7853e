import type {FastifyReply} from 'fastify'
import {Type} from 'typebox'
import {answerOf, type HealthAnswer} from '../probes.ts'
import type {Server} from '../server.ts'
import {Nullable} from '../shape/nullable.ts'

const ServerHealth = Type.Object(
  {
    status: Type.Enum(['ok', 'away']),
    latencyMs: Nullable(Type.Number()),
    message: Nullable(Type.String()),
  },
  {description: 'Whether a server answers.'},
)

const Health = Type.Object({
  status: Type.Enum(['ok', 'degraded', 'down']),
  reasons: Type.Array(Type.String(), {description: 'Why it is not ok, one sentence each.'}),
  redis: ServerHealth,
  postgres: Nullable(ServerHealth),
  checkedAt: Type.String({description: 'RFC 3339. The servers are asked at most twice a second.'}),
})

const Alive = Type.Object({status: Type.Literal('alive'), draining: Type.Boolean()})
const Ready = Type.Object({
  ready: Type.Boolean(),
  failed: Type.Array(Type.Object({check: Type.String(), message: Type.String()})),
})

const isPublic = {isPublic: true}
const tags = ['health']

/** Probes for supervisors, and the health of both servers. */
export function addHealth({app, probes, draining}: Server): void {
  app.get(
    '/healthz',
    {
      config: isPublic,
      schema: {tags, security: [], summary: 'Whether the process lives.', response: {200: Alive}},
    },
    async () => ({status: 'alive', draining: draining.isOver}),
  )

  const ready = {
    tags,
    security: [],
    summary: 'Whether requests are wanted.',
    response: {200: Ready, 503: Ready},
  }
  app.get('/readyz', {config: isPublic, schema: ready}, async (_, reply) => {
    const failed = draining.isOver
      ? [{check: 'draining', message: 'this server is stopping'}]
      : await awayOnes()
    return reply.code(failed.length > 0 ? 503 : 200).send({ready: failed.length === 0, failed})
  })

  async function awayOnes() {
    const {redis} = await probes.health()
    return redis.status === 'ok' ? [] : [{check: 'redis', message: redis.message ?? 'no answer'}]
  }

  const health = {
    tags,
    summary: 'Whether Redis and Postgres work.',
    description:
      '207 means that something needs attention while records are still accepted; 503 that they are not.',
    response: {200: Health, 207: Health, 503: Health},
  }
  app.get('/health', {schema: health}, (_, reply) => {
    const known = probes.answer()
    if (known) sendHealth(reply, known)
    else probes.health().then((found) => sendHealth(reply, answerOf(found)), reply.send)
  })
}

function sendHealth(reply: FastifyReply, {status, text}: HealthAnswer): void {
  if (status === 503) reply.header('retry-after', 1)
  reply.code(status).header('content-type', 'application/json; charset=utf-8').send(text)
}
