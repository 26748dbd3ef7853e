import {type Static, Type} from 'typebox'
import {readServer, readSlowlog} from '../../health/redis-server.ts'
import {scaleOf} from '../../monitor/scale.ts'
import {audit} from '../../operations/audit.ts'
import {requireQueue} from '../../operations/known-queue.ts'
import {callerFor} from '../caller.ts'
import type {Gate} from '../gate.ts'
import type {Server} from '../server.ts'
import {AuditResult, ServerView, TrashList} from '../shape/looks.ts'
import {closed, limit, QueueParams} from '../shape/params.ts'
import {Scale} from '../shape/queues.ts'

type Named = {Params: Static<typeof QueueParams>}

const AuditQuery = closed({queue: Type.Optional(Type.String()), limit: limit(1000, 50)})
const ScaleQuery = closed({
  target: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 604_800,
      description: 'Seconds in which the backlog is to be gone; 300 if left out.',
    }),
  ),
})
/** What else there is to see: the audit, the trash, this server, and how many workers a queue needs. */
export function addLooks({app, resources, monitors, version}: Server): void {
  const auditing = {
    tags: ['audit'],
    summary: 'What was done to queues by hand, newest first.',
    querystring: AuditQuery,
    response: {200: AuditResult},
  }
  app.get<{Querystring: Static<typeof AuditQuery>}>('/audit', {schema: auditing}, async (request) => {
    const {queue, limit: most = 50} = request.query
    const caller = callerFor(resources, request, queue ?? resources.settings.queue.value)
    return audit(caller, {queue, limit: most})
  })

  const trash = {
    tags: ['queues'],
    summary: 'What was purged or edited, and can be restored.',
    params: QueueParams,
    response: {200: TrashList},
  }
  app.get<Named>('/queue/:queue/trash', {schema: trash}, async (request) =>
    callerFor(resources, request, request.params.queue).withQueue(async ({queue}) => {
      await requireQueue(queue)
      return {queue: queue.name, trash: await queue.trash()}
    }),
  )

  const serving = {
    tags: ['server'],
    summary: 'Redis, its slow log, and the connections of this server.',
    response: {200: ServerView},
  }
  app.get('/server', {schema: serving}, async (request) => {
    const {settings} = resources
    const {redis} = resources.redis
    const caller = callerFor(resources, request, settings.queue.value)
    const [state, slowlog] = await caller.withQueue(() =>
      Promise.all([readServer(redis), readSlowlog(redis)]),
    )
    return {
      version,
      profile: settings.profile ? {name: settings.profile.name, mode: settings.profile.mode} : null,
      redis: state,
      slowlog,
      pools: {
        producers: poolOf(resources.producers.gate),
        postgres: resources.pool ? poolOf(resources.postgres) : null,
      },
    }
  })

  const scaling = {
    tags: ['queues'],
    summary: 'How many workers the queue needs: for KEDA and the Horizontal Pod Autoscaler.',
    params: QueueParams,
    querystring: ScaleQuery,
    response: {200: Scale},
  }
  app.get<Named & {Querystring: Static<typeof ScaleQuery>}>(
    '/queue/:queue/scale',
    {schema: scaling},
    async (request) => {
      const observation = await monitors.watched(request.params.queue).current()
      return scaleOf(observation, {targetSeconds: request.query.target ?? 300})
    },
  )
}

function poolOf({inside: inUse, max, waiting}: Gate) {
  return {inUse, max, waiting}
}
