import {usageError} from '../errors.ts'
import type {Stage} from '../progress/stage.ts'
import type {Rebalanced} from '../queue/shards/moving/rebalance-options.ts'
import {assertShardBy, assertShards} from '../queue/shards/shard-map.ts'
import type {Shards, ShardsStatus} from '../queue/shards/shards.ts'
import {change} from './change.ts'
import type {Caller, Context} from './context.ts'
import {requireQueue} from './known-queue.ts'

/** Reads what each shard of a queue holds, with rates over a second. */
export async function shardsStatus(caller: Caller): Promise<ShardsStatus> {
  return caller.withQueue(async ({queue}) => {
    await requireQueue(queue)
    return shardsOf(queue).status()
  })
}

export interface RebalanceInput {
  /** New number of shards. */
  shards: number
  /** For a queue that is not spread yet. */
  'shard-by'?: string
  'shard-order'?: 'free' | 'strict'
  /** How long to wait for leases that workers hold, ms. */
  wait: number
}

export interface RebalancePlan extends Rebalanced {
  queue: string
  /** Shards before and after it; 0 for a queue that is not spread. */
  from: number
  to: number
  shardBy: string | null
  /** A rebalance to as many shards has begun and not ended. */
  goesOn: boolean
}

export interface RebalanceResult {
  /** What was asked before anything was done. */
  plan: RebalancePlan
  /** Items and dead letters that were moved to other shards; null if it was only counted. */
  moved: Rebalanced | null
}

/**
 * Spreads a queue over another number of shards.
 * @throws QtoolError (usage) for a queue that cannot be spread like that, (refused) unless the user agrees
 */
export async function rebalance(
  caller: Caller,
  input: RebalanceInput,
  {dryRun, confirm}: {dryRun: boolean; confirm(plan: RebalancePlan): Promise<void>},
): Promise<RebalanceResult> {
  if (!dryRun) caller.actor.assertMayWrite()
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const plan = await planRebalance(context, input)
    if (dryRun) return {plan, moved: null}
    await confirm(plan)
    const {to} = plan
    const did = {action: 'shards rebalance', filter: `--shards ${to}`}
    const moved = await change(context, did, (progress) =>
      caller.withProgress({doing: 'waiting for leases', isHarmless: true}, async (report) => {
        const done = await shardsOf(context.queue).rebalance({
          shards: to,
          shardBy: input['shard-by'],
          isStrict: input['shard-order'] === 'strict',
          waitMs: input.wait,
          signal: caller.signal,
          onProgress: ({items, deadLetters}, read) => {
            progress.count = items + deadLetters
            report(movingStage(items + deadLetters, read, plan))
          },
        })
        progress.count = done.items + done.deadLetters
        return done
      }),
    )
    return {plan, moved}
  })
}

/** How many belong elsewhere is known only once all have been looked at. */
function movingStage(moved: number, read: number, {items, deadLetters}: RebalancePlan): Partial<Stage> {
  return {
    doing: 'moving',
    unit: 'item',
    done: read,
    total: items + deadLetters,
    also: [{count: moved, what: 'moved'}],
    did: {verb: 'moved', count: moved, unit: 'item'},
  }
}

async function planRebalance({queue}: Context, input: RebalanceInput): Promise<RebalancePlan> {
  const shards = shardsOf(queue)
  const {map} = shards
  const to = assertShards(input.shards)
  const {'shard-by': by, 'shard-order': order} = input
  if (by !== undefined) assertShardBy(by)
  if (map.shards > 0 && by !== undefined && by !== map.shardBy) {
    const known = map.shardBy === undefined ? 'by the whole item' : `by ${map.shardBy}`
    throw usageError(`queue ${queue.name} is spread ${known}; that cannot be changed`, 'leave out --shard-by')
  }
  if (map.shards > 0 && order !== undefined && (order === 'strict') !== map.isStrict) {
    const known = map.isStrict ? 'strict' : 'free'
    throw usageError(
      `queue ${queue.name} has ${known} order; that cannot be changed`,
      'leave out --shard-order',
    )
  }
  return {
    queue: queue.name,
    from: map.shards,
    to,
    shardBy: map.shardBy ?? by ?? null,
    goesOn: map.move !== undefined,
    ...(await shards.count()),
  }
}

/** @throws QtoolError (usage) */
function shardsOf({name, kind, shards}: Context['queue']): Shards {
  if (shards) return shards
  const only = 'only sorted sets under the name of their queue are spread over shards'
  throw kind === 'zset'
    ? usageError(
        `queue ${name} is a shard itself, or its items are in a key of another name; ${only}`,
        'for a shard, name the queue that it is a part of; qtool inspect shows the key',
      )
    : usageError(
        `queue ${name} is a ${kind}; ${only}`,
        'let producers write to a new queue: qtool enqueue -q NEW --shards N; drain this one as it is',
      )
}
