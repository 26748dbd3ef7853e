import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify'
import {QtoolError} from '../errors.ts'
import {hookBodies} from './hook-bodies.ts'
import {problemOf, sendProblem} from './problem.ts'

/**
 * Ends requests whose body does not arrive in time: one that drips in would hold its place for ever. A stream is watched
 * by its reader.
 */
export function limitBodies(app: FastifyInstance, bodyMs: number): void {
  const timers = new WeakMap<object, NodeJS.Timeout>()
  const stop = async (request: FastifyRequest) => clearTimeout(timers.get(request))
  hookBodies(app, {
    async preParsing(request, reply, payload) {
      if (request.routeOptions.config.isStream || hasNoBody(request.headers)) return payload
      timers.set(
        request,
        setTimeout(() => giveUp(request, reply, bodyMs), bodyMs),
      )
      return payload
    },
    preValidation: stop,
    onResponse: stop,
  })
}

function hasNoBody(headers: {'content-length'?: string; 'transfer-encoding'?: string}): boolean {
  return headers['transfer-encoding'] === undefined && !Number(headers['content-length'] ?? 0)
}

/** Answers although the body is not there, and closes the connection, since the rest of it may still come. */
function giveUp(request: FastifyRequest, reply: FastifyReply, ms: number): void {
  if (reply.sent) return
  reply.raw.once('finish', () => request.raw.destroy())
  sendProblem(
    reply.header('connection', 'close'),
    problemOf(slowBody(ms), (text) => text),
  )
}

export function slowBody(ms: number): QtoolError {
  return new QtoolError(`the body did not arrive within ${ms / 1000} s`, {code: 'SLOW_BODY', kind: 'usage'})
}
