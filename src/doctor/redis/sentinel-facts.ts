import {type Redis, ReplyError} from 'ioredis'
import {messageOf, QtoolError} from '../../errors.ts'
import type {Asking} from '../asking.ts'

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
  if (told.length > 0) return {name, named: lend.length, answering: told.length, ...told[0]}
  asking.note('sentinel', 'down', answers[0], 'start the sentinels, or correct the URL')
  return null
}

function whyNot(error: unknown): Error {
  if (error instanceof QtoolError || error instanceof ReplyError) return error as Error
  throw error
}

async function askSentinel(
  sentinel: Redis,
  name: string,
): Promise<Pick<SentinelFacts, 'known' | 'quorum' | 'complaint' | 'downAfterMs'>> {
  const fields = fieldsOf(await sentinel.call('SENTINEL', 'MASTER', name))
  const complaint = await sentinel.call('SENTINEL', 'CKQUORUM', name).then(
    () => null,
    (error: unknown) => {
      if (error instanceof ReplyError) return messageOf(error)
      throw error
    },
  )
  const number = (field: string) => Number(fields.get(field) ?? 0)
  return {
    known: number('num-other-sentinels') + 1,
    quorum: number('quorum'),
    complaint,
    downAfterMs: number('down-after-milliseconds'),
  }
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
