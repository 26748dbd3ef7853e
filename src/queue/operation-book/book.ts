import type {Redis} from 'ioredis'
import {OPERATIONS_KEY, type QueueKeys} from '../../redis/keys.ts'
import {clientFor} from '../../redis/route.ts'
import {dueOperations, type HoldUpdate, takeOperation, updateHold} from './carry.ts'
import {changeOperation, type StateChange} from './change.ts'
import {createOperation, type NewOperation} from './create.ts'
import type {OperationHold} from './hold.ts'
import {readOperations, type StoredOperation} from './read.ts'
import {announceRunner, livingRunners} from './runners.ts'
import type {OperationState} from './state.ts'

/** The kept operations of one queue, and where those of other queues are. */
export interface OperationBook {
  /** Keeps an operation, which changes nothing yet. One with the same id is left as it is. */
  create(operation: NewOperation): Promise<void>
  /** Undefined if it does not exist, or has expired. */
  read(id: string): Promise<StoredOperation | undefined>
  /** Newest first. */
  latest(limit: number): Promise<StoredOperation[]>
  /** Changes the state if it may; returns the state in which it is then, undefined if it does not exist. */
  change(id: string, step: StateChange): Promise<OperationState | undefined>

  /** The fence under which it is held, and its state; undefined if it does not exist. */
  fenceOf(id: string): Promise<{fence: string; state: string} | undefined>

  /** Operations of some queues that are to be carried on and that nobody carries on, at most `most` of each. */
  due(queues: readonly string[], most: number): Promise<Array<{queue: string; id: string}>>
  /** Takes one of them for a while; undefined if another was faster. */
  take(id: string, by: {runner: string; lengthMs: number}): Promise<OperationHold | undefined>
  /** Holds it for longer, writes down what is known of it, or gives it back. */
  update(hold: OperationHold, update: HoldUpdate): Promise<'held' | 'lost'>

  /** The queue of every operation on this Redis, by its id; some of them may have expired. */
  homes(): Promise<Record<string, string>>
  /** The queue of an operation on this Redis. */
  homeOf(id: string): Promise<string | undefined>
  /** Says that a process carries operations on for so long; 0 when it ends. */
  announce(runner: string, forMs: number): Promise<void>
  /** The processes that do. */
  runners(): Promise<string[]>
}

export function openOperations(redis: Redis, queue: string, keys: QueueKeys): OperationBook {
  const read = (ids: string[]) => readOperations(redis, queue, keys, ids)
  return {
    create: (operation) => createOperation(redis, queue, keys, operation),
    read: async (id) => (await read([id]))[0],
    latest: async (limit) => {
      const ids = await redis.zrange(keys.operations, '0', String(limit - 1), 'REV')
      return (await read(ids)).filter((one) => one !== undefined)
    },
    change: (id, step) => changeOperation(redis, keys, id, step),
    fenceOf: async (id) => {
      const [fence, state] = await redis.hmget(keys.operation(id), 'fence', 'state')
      return fence === null || state === null ? undefined : {fence, state}
    },
    due: (queues, most) => dueOperations(redis, queues, most),
    take: (id, by) => takeOperation(redis, keys, id, by),
    update: (hold, update) => updateHold(redis, keys, hold, update),
    homes: async () => (await clientFor(redis, OPERATIONS_KEY)).hgetall(OPERATIONS_KEY),
    homeOf: async (id) =>
      (await (await clientFor(redis, OPERATIONS_KEY)).hget(OPERATIONS_KEY, id)) ?? undefined,
    announce: (runner, forMs) => announceRunner(redis, runner, forMs),
    runners: () => livingRunners(redis),
  }
}
