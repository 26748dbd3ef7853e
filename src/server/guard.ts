import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify'
import {QtoolError} from '../errors.ts'
import type {AllowedHosts} from './hosts.ts'
import type {Token} from './token.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers without a token: probes, and files that hold no data. */
    isPublic?: boolean
    /** Its body is read as it comes, and may take as long as it likes while bytes come. */
    isStream?: boolean
  }
}

export interface GuardOptions {
  hosts: AllowedHosts
  token: Token
  /** How many wrong tokens one address may show in ten seconds. */
  mostWrong: number
}

const WINDOW_MS = 10_000

/**
 * Refuses what does not come from a caller who knows the token: before routing has any effect, for every method and for
 * paths that do not exist as well. There are no cookies, and so nothing that a browser would add by itself.
 */
export function guard(app: FastifyInstance, {hosts, token, mostWrong}: GuardOptions): void {
  const wrong = new Attempts(mostWrong)
  app.addHook('onRequest', (request, reply, done) => {
    try {
      judge(request, reply)
      done()
    } catch (error) {
      done(error as Error)
    }
  })

  function judge(request: FastifyRequest, reply: FastifyReply): void {
    const {host, authorization} = request.headers
    // Most requests have all that is needed. Fastify makes the options of a route anew whenever they are read
    if (token.isShownBy(authorization) && hosts.allows(host, request.raw.socket) && !isForeign(request))
      return
    if (request.routeOptions.config.isPublic && isProbe(request)) return
    if (!hosts.allows(host, request.raw.socket)) throw misdirected(request)
    assertSameSite(request)
    if (request.routeOptions.config.isPublic) return
    if (token.isShownBy(authorization)) return
    const isTooOften = wrong.add(request.ip)
    reply.header('connection', 'close')
    throw isTooOften ? tooMany() : unauthorized(authorization !== undefined)
  }
}

/** Kubernetes asks under the address of the pod, and load balancers under any; the answer holds no data. */
function isProbe({routeOptions}: FastifyRequest): boolean {
  return routeOptions.url === '/healthz' || routeOptions.url === '/readyz'
}

/**
 * Browsers say from which site a request comes. One from another site may open the page, since people follow links, but
 * nothing else.
 */
function assertSameSite(request: FastifyRequest): void {
  const mayComeFromElsewhere = request.method === 'GET' && request.routeOptions.config.isPublic
  if (mayComeFromElsewhere) return
  if (!isForeign(request)) return
  throw new QtoolError('this request comes from a page of another site', {
    code: 'CROSS_SITE',
    kind: 'refused',
  })
}

function isForeign({headers}: FastifyRequest): boolean {
  const {origin, host, 'sec-fetch-site': site} = headers
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  return origin !== undefined && origin.replace(/^https?:\/\//, '') !== host
}

function misdirected({headers}: FastifyRequest): QtoolError {
  return new QtoolError(`the Host ${JSON.stringify(headers.host ?? '')} is not one of this server's`, {
    code: 'HOST',
    kind: 'refused',
    suggestions: ['start it with --allowed-host NAME to answer under that name'],
  })
}

function unauthorized(isShown: boolean): QtoolError {
  return new QtoolError(isShown ? 'the token is wrong' : 'a token is needed', {
    code: 'UNAUTHORIZED',
    kind: 'refused',
    suggestions: [
      'send the header Authorization: Bearer TOKEN, with the token that qtool serve was started with',
    ],
  })
}

function tooMany(): QtoolError {
  return new QtoolError('too many wrong tokens from this address', {
    code: 'TOO_MANY',
    kind: 'refused',
    suggestions: ['wait ten seconds'],
  })
}

/** Counts per address, in windows of ten seconds. */
class Attempts {
  readonly #most: number
  #counts = new Map<string, number>()
  #since = 0

  constructor(most: number) {
    this.#most = most
  }

  /** @returns whether it was one too many */
  add(address: string): boolean {
    const now = performance.now()
    if (now - this.#since > WINDOW_MS) {
      this.#counts = new Map()
      this.#since = now
    }
    const count = (this.#counts.get(address) ?? 0) + 1
    this.#counts.set(address, count)
    return count > this.#most
  }
}
