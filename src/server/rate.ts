import rateLimit from '@fastify/rate-limit'
import type {FastifyInstance} from 'fastify'
import {QtoolError} from '../errors.ts'

/** Most addresses that are counted at a time. */
const ADDRESSES = 10_000

/** Refuses requests of an address that sends more than this many a second; probes are not counted. */
export async function limitRate(app: FastifyInstance, perSecond: number): Promise<void> {
  await app.register(rateLimit, {
    max: perSecond,
    timeWindow: 1000,
    cache: ADDRESSES,
    allowList: ({routeOptions}) => routeOptions.config.isPublic === true,
    errorResponseBuilder: () => tooFast(perSecond),
  })
}

function tooFast(perSecond: number): QtoolError {
  return new QtoolError(`more than ${perSecond} requests a second came from this address`, {
    code: 'TOO_MANY',
    kind: 'refused',
    suggestions: ['send fewer, or raise --rate'],
  })
}
