import {hostname} from 'node:os'
import type {FastifyRequest} from 'fastify'
import type {Pool} from 'pg'
import {requireUrl} from '../config/require-url.ts'
import {type Settings, withQueueName} from '../config/settings.ts'
import {assertWritable} from '../config/writable.ts'
import type {Caller} from '../operations/context.ts'
import {openContext} from '../operations/open-context.ts'
import {closingOf} from './gone.ts'
import type {Resources} from './resources.ts'

/** A caller on behalf of a request, with what operations noted on the way. */
export interface RequestCaller extends Caller {
  notes: string[]
}

/** @param queue the queue that the request is about */
export function callerFor(resources: Resources, request: FastifyRequest, queue: string): RequestCaller {
  const who = `serve@${hostname()} for ${request.ip}`
  return makeCaller(resources, {
    queue,
    who,
    isReading: request.method === 'GET',
    signal: AbortSignal.any([resources.signal, closingOf(request.raw.socket)]),
  })
}

/**
 * @param who is named in the audit
 * @param isReading whether the request changes nothing
 */
export function makeCaller(
  resources: Resources,
  {queue, who, signal, isReading}: {queue: string; who: string; signal: AbortSignal; isReading?: boolean},
): RequestCaller {
  const settings = withQueueName(resources.settings, queue)
  const notes: string[] = []
  const {redis} = isReading ? resources.reading : resources.redis
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
    // A search has no other place at which it could notice that nobody waits for its answer; what changes something stops
    // by itself, and says how far it was
    withProgress: (_, work) =>
      work(({did}) => {
        if (!did) signal.throwIfAborted()
      }),
    withQueue: async (use) => use(await openContext(caller, redis, {name: queue})),
    withPostgres: (_, use) => resources.postgres.pass(() => use(requirePool(resources, settings))),
  }
  return caller
}

function requirePool({pool}: Resources, settings: Settings): Pool {
  requireUrl(settings, 'databaseUrl')
  if (!pool) throw new Error('expected a pool beside a configured Postgres')
  return pool
}
