import {setMaxListeners} from 'node:events'
import type {Socket} from 'node:net'
import {hostname} from 'node:os'
import type {FastifyRequest} from 'fastify'
import type {Pool} from 'pg'
import {assertWritable, requireUrl, type Settings} from '../config/settings.ts'
import type {Caller} from '../operations/context.ts'
import {openContext} from '../operations/open-context.ts'
import type {Resources} from './resources.ts'

/** A caller on behalf of a request, with what operations noted on the way. */
export interface RequestCaller extends Caller {
  notes: string[]
}

/** @param queue the queue that the request is about */
export function callerFor(resources: Resources, request: FastifyRequest, queue: string): RequestCaller {
  const who = `serve@${hostname()} for ${request.ip}`
  return makeCaller(resources, {queue, who, signal: AbortSignal.any([resources.signal, goneOf(request)])})
}

/** Aborted once the client of each connection has gone: it sends one request after the other, and waits for each. */
const gone = new WeakMap<Socket, AbortSignal>()

function goneOf({raw: {socket}}: FastifyRequest): AbortSignal {
  const known = gone.get(socket)
  if (known) return known
  const controller = new AbortController()
  socket.once('close', () => controller.abort())
  setMaxListeners(0, controller.signal)
  gone.set(socket, controller.signal)
  return controller.signal
}

/** @param who is named in the audit */
export function makeCaller(
  resources: Resources,
  {queue, who, signal}: {queue: string; who: string; signal: AbortSignal},
): RequestCaller {
  const settings = withQueueName(resources.settings, queue)
  const notes: string[] = []
  const caller: RequestCaller = {
    actor: {
      who,
      profile: settings.profile?.name ?? null,
      assertMayWrite: () => assertWritable(settings),
      assertMayTry: () => assertWritable(settings),
    },
    mapping: settings,
    signal,
    notes,
    note: (text) => notes.push(text),
    // A search has no other place at which it could notice that nobody waits for its answer
    withProgress: (_, work) => work(() => signal.throwIfAborted()),
    withQueue: async (use) => use(openContext(caller, resources.redis.redis, queue)),
    withPostgres: (_, use) => resources.postgres.pass(() => use(requirePool(resources, settings))),
  }
  return caller
}

/** Settings of a request: everything as the server was started, but for the queue. */
function withQueueName(settings: Settings, queue: string): Settings {
  return {...settings, queue: {value: queue, source: 'flag'}}
}

function requirePool({pool}: Resources, settings: Settings): Pool {
  requireUrl(settings, 'databaseUrl')
  if (!pool) throw new Error('expected a pool beside a configured Postgres')
  return pool
}
