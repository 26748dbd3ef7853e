import type {OperationBook} from '../operation-book/book.ts'
import type {StoredOperation} from '../operation-book/read.ts'
import {adoptOperation, readProgress} from './adopt-operation.ts'
import {type Member, type ShardSet, sum} from './shard-set.ts'

/**
 * The operations of a queue that is spread. The book at the queue's own name is the one that counts: there an operation is
 * made, taken and steered. What it changes is counted in the shard where it is changed, under the same id, in the step that
 * changes it; so a shard is told of every new fence before anything is done under it, and of every change of the state.
 */
export function openShardedOperations(set: ShardSet): OperationBook {
  const {operations: book} = set.home.queue
  const shards = async () => (await set.members()).slice(1)
  const complete = async (stored: StoredOperation): Promise<StoredOperation> => joined(stored, await shards())
  const tell = async (id: string) => {
    const told = await book.fenceOf(id)
    if (told) await Promise.all((await shards()).map((member) => adoptOperation(member, id, told)))
  }
  return {
    ...book,
    read: async (id) => {
      const stored = await book.read(id)
      return stored && complete(stored)
    },
    latest: async (limit) => Promise.all((await book.latest(limit)).map(complete)),
    change: async (id, step) => {
      const state = await book.change(id, step)
      if (state !== undefined) await tell(id)
      return state
    },
    take: async (id, by) => {
      const hold = await book.take(id, by)
      if (hold) await tell(id)
      return hold
    },
  }
}

/** An operation with what its shards have counted. */
async function joined(stored: StoredOperation, shards: readonly Member[]): Promise<StoredOperation> {
  const parts = await Promise.all(shards.map((member) => readProgress(member, stored.id)))
  return {
    ...stored,
    done: stored.done + sum(parts.map(({done}) => done)),
    restored: stored.restored + sum(parts.map(({restored}) => restored)),
    hasTrash: stored.hasTrash || parts.some(({hasTrash}) => hasTrash),
  }
}
