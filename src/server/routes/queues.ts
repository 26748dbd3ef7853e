import {Type} from 'typebox'
import {requireQueue} from '../../operations/known-queue.ts'
import {pause} from '../../operations/pause.ts'
import {resume} from '../../operations/resume.ts'
import {callerFor} from '../caller.ts'
import type {Server} from '../server.ts'
import {closed, type Named, QueueParams} from '../shape/params.ts'
import {JudgedList, Observation, PauseState} from '../shape/queues.ts'

/** Ten years. */
const MOST_MS = 315_360_000_000

const tags = ['queues']

/** The state of queues, and what stops and starts them. */
export function addQueues(server: Server): void {
  addStatus(server)
  addPause(server)
  addResume(server)
}

function addStatus({app, resources, monitors}: Server): void {
  const list = {tags, summary: 'Every queue, with its figures and a verdict.', response: {200: JudgedList}}
  app.get('/queues', {schema: list}, async () => monitors.survey.current())
  app.get('/queue/status', {schema: list}, async () => monitors.survey.current())

  const schema = {
    tags,
    summary: 'A queue: what it holds, how that changes, what will become of it, and a verdict.',
    params: QueueParams,
    response: {200: Observation},
  }
  app.get<Named>('/queue/:queue/status', {schema}, async (request) => {
    const {queue} = request.params
    await callerFor(resources, request, queue).withQueue((context) => requireQueue(context.queue))
    return monitors.queue(queue).current()
  })
}

function addPause({app, resources}: Server): void {
  const forMs = Type.Integer({
    minimum: 1,
    maximum: MOST_MS,
    description: 'How long, ms; without end if left out.',
  })
  const schema = {
    tags,
    summary: 'Keeps workers from taking items until the queue is resumed.',
    params: QueueParams,
    body: Type.Union([closed({forMs: Type.Optional(forMs)}), Type.Null()]),
    response: {200: PauseState},
  }
  type Route = Named & {Body: {forMs?: number} | null}
  app.post<Route>('/queue/:queue/pause', {schema}, async (request) =>
    pause(callerFor(resources, request, request.params.queue), {forMs: request.body?.forMs}),
  )
}

function addResume({app, resources}: Server): void {
  const schema = {
    tags,
    summary: 'Lets workers take items again.',
    params: QueueParams,
    response: {200: Type.Object({queue: Type.String(), wasPaused: Type.Boolean()})},
  }
  app.post<Named>('/queue/:queue/resume', {schema}, async (request) =>
    resume(callerFor(resources, request, request.params.queue)),
  )
}
