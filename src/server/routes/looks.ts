import {type Static, Type} from 'typebox'
import {scaleOf} from '../../monitor/scale.ts'
import {audit} from '../../operations/audit.ts'
import {completeFilter} from '../../operations/complete-filter.ts'
import {requireQueue} from '../../operations/known-queue.ts'
import {callerFor} from '../caller.ts'
import type {Server} from '../server.ts'
import {AuditResult, Candidates, TrashList} from '../shape/looks.ts'
import {closed, limit, type Named, QueueParams} from '../shape/params.ts'
import {Scale} from '../shape/queues.ts'

/** What else there is to see: the audit, the trash, what a filter may say, and how many workers a queue needs. */
export function addLooks(server: Server): void {
  addAudit(server)
  addTrash(server)
  addCompletion(server)
  addScale(server)
}

const AuditQuery = closed({queue: Type.Optional(Type.String()), limit: limit(1000, 50)})

function addAudit({app, resources}: Server): void {
  const schema = {
    tags: ['audit'],
    summary: 'What was done to queues by hand, newest first.',
    querystring: AuditQuery,
    response: {200: AuditResult},
  }
  app.get<{Querystring: Static<typeof AuditQuery>}>('/audit', {schema}, async (request) => {
    const {queue, limit: most = 50} = request.query
    const caller = callerFor(resources, request, queue ?? resources.settings.queue.value)
    return audit(caller, {queue, limit: most})
  })
}

function addTrash({app, resources}: Server): void {
  const schema = {
    tags: ['queues'],
    summary: 'What was purged or edited, and can be restored.',
    params: QueueParams,
    response: {200: TrashList},
  }
  app.get<Named>('/queue/:queue/trash', {schema}, async (request) =>
    callerFor(resources, request, request.params.queue).withQueue(async ({queue}) => {
      await requireQueue(queue)
      return {queue: queue.name, trash: await queue.trash()}
    }),
  )
}

const CompleteQuery = closed({
  of: Type.Enum(['letters', 'items'], {description: 'Dead letters or ready items.'}),
  text: Type.String({maxLength: 10_000, description: 'The filter as far as it is typed.'}),
  cursor: Type.Optional(Type.Integer({minimum: 0, description: 'Offset in the text; its end if left out.'})),
})

function addCompletion({app, resources}: Server): void {
  const schema = {
    tags: ['queues'],
    summary: 'What may be typed next in a filter.',
    params: QueueParams,
    querystring: CompleteQuery,
    response: {200: Candidates},
  }
  type Route = Named & {Querystring: Static<typeof CompleteQuery>}
  app.get<Route>('/queue/:queue/complete', {schema}, async (request) => {
    const {of, text, cursor = text.length} = request.query
    const caller = callerFor(resources, request, request.params.queue)
    return {candidates: await completeFilter(caller, {of, text, cursor})}
  })
}

const ScaleQuery = closed({
  target: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 604_800,
      description: 'Seconds in which the backlog is to be gone; 300 if left out.',
    }),
  ),
})

function addScale({app, resources, monitors}: Server): void {
  const schema = {
    tags: ['queues'],
    summary: 'How many workers the queue needs: for KEDA and the Horizontal Pod Autoscaler.',
    params: QueueParams,
    querystring: ScaleQuery,
    response: {200: Scale},
  }
  type Route = Named & {Querystring: Static<typeof ScaleQuery>}
  app.get<Route>('/queue/:queue/scale', {schema}, async (request) => {
    const {queue} = request.params
    // A name that nobody has must not scale workers down
    await callerFor(resources, request, queue).withQueue((context) => requireQueue(context.queue))
    const observation = await monitors.watched(queue).current()
    return scaleOf(observation, {targetSeconds: request.query.target ?? 300})
  })
}
