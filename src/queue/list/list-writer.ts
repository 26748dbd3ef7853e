import type {ChainableCommander} from 'ioredis'
import {PushBuffer} from '../../redis/add-buffer.ts'
import type {Chunk, ItemWriter} from '../sending/chunk.ts'
import type {ListEnd} from './list-lua.ts'

/** Puts items into a list, at the end that is not popped. @param key of the list */
export function listWriter(key: string, pops: ListEnd): ItemWriter {
  const command = pops === 'left' ? 'rpush' : 'lpush'
  return {
    newChunk: (): Chunk => new PushBuffer(command, key),
    singly: (items) => (transaction: ChainableCommander) => {
      for (const item of items) transaction[command](key, item)
    },
  }
}
