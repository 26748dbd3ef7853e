import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {brokenField} from '../broken-key.ts'
import type {OperationState} from './state.ts'

/** A kept operation as its hash holds it. Times are ms since 1970 by the clock of Redis. */
export interface StoredOperation {
  id: string
  queue: string
  /** Name of its command, such as `dlq replay`. */
  action: string
  /** What is to be done, as whoever made it wrote it. */
  plan: unknown
  state: OperationState
  /** Letters or items that were changed. */
  done: number
  /** Those of them that an undo has put back. */
  restored: number
  /** Who applied it, as `user@host`; empty before. */
  actor: string
  /** Process that carries it on; null if none does. */
  runner: string | null
  result: unknown
  error: unknown
  /** What became of its canary; null before it was judged, and without one. */
  canary: unknown
  createdAt: number
  startedAt: number | null
  endedAt: number | null
  updatedAt: number
  /** Whether its trash still holds something. */
  hasTrash: boolean
}

/** Reads operations; undefined for those that have expired. */
export async function readOperations(
  redis: Redis,
  queue: string,
  keys: QueueKeys,
  ids: readonly string[],
): Promise<Array<StoredOperation | undefined>> {
  const reading = redis.pipeline()
  for (const id of ids) reading.hgetall(keys.operation(id)).hexists(keys.trash, id)
  const replies = (await reading.exec()) ?? []
  return ids.map((id, i) => {
    const [[error, fields], [, hasTrash]] = replies.slice(2 * i, 2 * i + 2)
    if (error) throw error
    return toOperation({id, queue, key: keys.operation(id), hasTrash: hasTrash === 1}, fields as Fields)
  })
}

type Fields = Record<string, string | undefined>

function toOperation(
  {id, queue, key, hasTrash}: {id: string; queue: string; key: string; hasTrash: boolean},
  fields: Fields,
): StoredOperation | undefined {
  const {state, action, plan} = fields
  if (state === undefined || action === undefined || plan === undefined) return undefined
  const json = (field: string) => parseField(key, field, fields[field])
  const ms = (field: string) => (fields[field] ? Number(fields[field]) : null)
  return {
    ...{id, queue, action, hasTrash, state: state as OperationState},
    plan: json('plan'),
    done: Number(fields.done ?? 0),
    restored: Number(fields.restored ?? 0),
    actor: fields.actor ?? '',
    runner: fields.runner || null,
    result: json('result'),
    error: json('error'),
    canary: json('canary'),
    createdAt: Number(fields.createdAt),
    startedAt: ms('startedAt'),
    endedAt: ms('endedAt'),
    updatedAt: Number(fields.updatedAt),
  }
}

function parseField(key: string, field: string, text: string | undefined): unknown {
  if (!text) return null
  try {
    return JSON.parse(text)
  } catch {
    const mend = `DEL ${key} removes the operation; what it has changed stays changed`
    throw brokenField(key, field, {expected: 'JSON', found: text, mend})
  }
}
