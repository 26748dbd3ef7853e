import Fastify, {type FastifyReply, type FastifyRequest} from 'fastify'
import {QtoolError} from '../errors.ts'
import {limitBodies} from './body-deadline.ts'
import {answerClientError} from './client-error.ts'
import {describeRoutes} from './described.ts'
import {Draining} from './draining.ts'
import {type GuardOptions, guard} from './guard.ts'
import {answerOnce} from './idempotency.ts'
import {KeptGuarantee} from './keeping.ts'
import {Monitors} from './monitors.ts'
import {OperationsRunner} from './operations-runner.ts'
import {Probes} from './probes.ts'
import {problemOf, sendProblem} from './problem.ts'
import {limitRate} from './rate.ts'
import {readJsonBodies} from './read-json.ts'
import {countRequests} from './request-count.ts'
import type {Resources} from './resources.ts'
import {ROUTES} from './routes/routes.ts'
import type {Server} from './server.ts'
import type {TlsKeys} from './tls-files.ts'
import {compileValidator} from './validate.ts'

/** Largest body of a route that reads it whole. */
const BODY_BYTES = 1024 * 1024

/** A connection that sends no request, ms. */
const IDLE_MS = 15_000

export interface AppOptions extends GuardOptions {
  version: string
  tls: TlsKeys | undefined
  /** Requests a second that one address may send; undefined for no limit. */
  rate: number | undefined
  /** Most requests at a time. */
  maxRequests: number
  /** How long a body may take that is read whole, ms. */
  bodyMs: number
}

/** Makes the server, with every route and every guard; it does not listen yet. */
export async function makeApp(resources: Resources, options: AppOptions): Promise<Server> {
  const app = Fastify({
    ...FASTIFY,
    ...protocolOf(options),
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, _, reply) => answerBadAddress(error, reply, resources),
  })
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  readJsonBodies(app)
  app.addHook('onRequest', (_, reply, done) => {
    reply.headers(HEADERS)
    done()
  })
  const answered = countRequests(app)
  guard(app, options)
  app.addHook('onRequest', refuseUnknown)
  if (options.rate !== undefined) await limitRate(app, options.rate)
  const server = {
    version: options.version,
    app,
    resources,
    probes: new Probes(resources),
    monitors: new Monitors(resources),
    guarantee: new KeptGuarantee(resources),
    draining: new Draining(app, options.maxRequests),
    runner: new OperationsRunner(resources),
    answered,
  }
  limitBodies(app, options.bodyMs)
  answerOnce(app, resources)
  answerErrors(server)
  await describeRoutes(app, options.version)
  for (const add of ROUTES) await add(server)
  return server
}

/** Nothing that is answered may be kept, guessed at, framed, or read by another site. */
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
}

/** A request without a Host is refused by the guard, in the form of every other error. */
const HTTP = {
  headersTimeout: IDLE_MS,
  connectionsCheckingInterval: 2000,
  maxHeaderSize: 16 * 1024,
  requireHostHeader: false,
}

function protocolOf({tls}: AppOptions) {
  return tls ? {https: {...HTTP, ...tls}} : {http: HTTP, https: null}
}

const FASTIFY = {
  bodyLimit: BODY_BYTES,
  // A stream of records may take hours; other bodies have a deadline of their own
  requestTimeout: 0,
  keepAliveTimeout: IDLE_MS,
  connectionTimeout: 0,
  return503OnClosing: false,
  forceCloseConnections: true,
  routerOptions: {maxParamLength: 512, ignoreTrailingSlash: false},
  // A proxy could write anything there
  trustProxy: false,
  exposeHeadRoutes: false,
}

/** Nothing of the body of a request is read that no route wants. */
function refuseUnknown(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
  if (request.is404) reply.header('connection', 'close')
  done(request.is404 ? noRoute(request) : undefined)
}

function noRoute({method, url}: FastifyRequest): QtoolError {
  return new QtoolError(`there is no ${method} ${url.split('?')[0]}`, {
    code: 'NO_ROUTE',
    kind: 'usage',
    suggestions: ['/openapi.json describes every route'],
  })
}

function answerErrors({app, resources}: Pick<Server, 'app' | 'resources'>): void {
  app.setErrorHandler((error, _, reply) => {
    const problem = problemOf(resources.translate(error), resources.redact)
    if (problem.status >= 500 && problem.body.error.code === 'UNEXPECTED') {
      resources.note(`a request failed: ${problem.body.error.message}`)
    }
    return sendProblem(reply, problem)
  })
}

/** An address that cannot be read never reaches a route. */
function answerBadAddress(error: Error, reply: FastifyReply, {redact}: Resources): void {
  sendProblem(reply.headers(HEADERS), problemOf(error, redact))
}
