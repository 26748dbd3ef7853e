import {type Redis, ReplyError} from 'ioredis'
import {messageOf, QtoolError} from '../../errors.ts'
import {isRefusedAccess} from '../../redis/failure.ts'
import type {Asking} from '../asking.ts'
import {time} from '../words.ts'
import type {Successor} from './successors.ts'

/** What the sentinels say of a primary. */
export interface SentinelFacts {
  /** Name of the primary. */
  name: string
  /** Sentinels that the URL names, and how many of them answered. */
  named: number
  answering: number
  /** Sentinels that know of each other, with the one that was asked. */
  known: number
  quorum: number
  /** What SENTINEL CKQUORUM complains of; null if a failover can be agreed on. */
  complaint: string | null
  downAfterMs: number
  /** Null if they may not be asked for; left out by an older qtool. */
  replicas?: Successor[] | null
}

/** The answers of one sentinel. */
type Told = Omit<SentinelFacts, 'name' | 'named' | 'answering'> & {
  /** Parts that this user may not ask for, each with the error that says so. */
  denied: Map<string, unknown>
}

/** The sentinels of a primary, as its URL names them. */
export interface SentinelSource {
  name: string
  /** Lends a connection to each of them. */
  lend: Array<<R>(use: (sentinel: Redis) => Promise<R>) => Promise<R>>
}

/** Asks all sentinels; the first one that answers is believed. */
export async function readSentinels(
  {name, lend}: SentinelSource,
  asking: Asking,
): Promise<SentinelFacts | null> {
  const answers = await Promise.all(
    lend.map((lendOne) => lendOne((sentinel) => askSentinel(sentinel, name)).catch(whyNot)),
  )
  const told = answers.flatMap((answer) => (answer instanceof Error ? [] : [answer]))
  if (told.length > 0) {
    const [{denied, ...facts}] = told
    for (const [part, error] of denied) asking.note(part, 'refused', error, ALLOW)
    return {name, named: lend.length, answering: told.length, ...facts}
  }
  const [error] = answers
  if (isRefusedAccess(error)) asking.note('sentinel', 'refused', error, ALLOW)
  else asking.note('sentinel', 'down', error, 'start the sentinels, or correct the URL')
  return null
}

const ALLOW =
  'redis-cli -p 26379 ACL SETUSER NAME +sentinel|master +sentinel|ckquorum +sentinel|replicas, on every sentinel'

function whyNot(error: unknown): Error {
  if (error instanceof QtoolError || error instanceof ReplyError) return error as Error
  throw error
}

async function askSentinel(sentinel: Redis, name: string): Promise<Told> {
  const fields = fieldsOf(await sentinel.call('SENTINEL', 'MASTER', name))
  const denied: Told['denied'] = new Map()
  const unlessDenied = (part: string) => (error: unknown) => {
    if (!isRefusedAccess(error)) throw error
    denied.set(part, error)
    return null
  }
  const complaint = await sentinel
    .call('SENTINEL', 'CKQUORUM', name)
    .then(() => null)
    .catch(unlessDenied('sentinel.quorum'))
    .catch(complaintOf)
  const replicas = await sentinel.call('SENTINEL', 'REPLICAS', name).catch(unlessDenied('sentinel.replicas'))
  const number = (field: string) => Number(fields.get(field) ?? 0)
  const downAfterMs = number('down-after-milliseconds')
  return {
    known: number('num-other-sentinels') + 1,
    quorum: number('quorum'),
    complaint,
    downAfterMs,
    replicas: Array.isArray(replicas) ? replicas.map((one) => successorOf(fieldsOf(one), downAfterMs)) : null,
    denied,
  }
}

function complaintOf(error: unknown): string {
  if (error instanceof ReplyError) return messageOf(error)
  throw error
}

/** A sentinel promotes no replica whose link was down for longer than this, in times of down-after. */
const OLD = 10

function successorOf(fields: Map<string, string>, downAfterMs: number): Successor {
  return {address: `${fields.get('ip')}:${fields.get('port')}`, fault: faultOf(fields, downAfterMs)}
}

function faultOf(fields: Map<string, string>, downAfterMs: number): string | null {
  const flags = fields.get('flags')?.split(',') ?? []
  if (flags.includes('s_down')) return 'is down'
  if (flags.includes('disconnected')) return 'is disconnected'
  if (fields.get('slave-priority') === '0') return 'has replica-priority 0'
  if (fields.get('master-link-status') === 'ok') return null
  const cutMs = Number(fields.get('master-link-down-time') ?? 0)
  return cutMs > OLD * downAfterMs ? `has not heard of its primary for ${time(cutMs)}` : null
}

/** name, value, ... */
function fieldsOf(reply: unknown): Map<string, string> {
  const flat = Array.isArray(reply)
    ? reply.map(String)
    : Object.entries(reply ?? {})
        .flat()
        .map(String)
  return new Map(flat.flatMap((value, i) => (i % 2 === 0 ? [[value, flat[i + 1]] as const] : [])))
}
