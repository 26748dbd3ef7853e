import type {FastifyRequest} from 'fastify'
import type {Caller} from '../operations/context.ts'
import type {CallerOf} from '../operations/kept/find.ts'
import {callerFor} from './caller.ts'
import type {Resources} from './resources.ts'

/** Callers on behalf of a request for any queue: the id of an operation tells its queue. */
export function callersFor(
  resources: Resources,
  request: FastifyRequest,
): {home: Caller; callerOf: CallerOf} {
  const callerOf: CallerOf = (queue) => callerFor(resources, request, queue)
  return {home: callerOf(resources.settings.queue.value), callerOf}
}
