import {readFileSync} from 'node:fs'
import {Redis} from 'ioredis'
import {Enqueuer} from '../src/queue/sending/enqueuer.ts'
import {ScoreClock} from '../src/queue/zset/score.ts'
import {setWriter} from '../src/queue/zset/set-writer.ts'
import {ZSET} from '../src/queue/zset/zset.ts'
import {queueKeys} from '../src/redis/keys.ts'

/** Runs the write path alone: the items are in memory, nothing is read or checked. @returns items per second */
export async function writePath(redisUrl: string, queue: string, file: string): Promise<number> {
  const bytes = readFileSync(file)
  const redis = new Redis(redisUrl)
  await redis.ping()
  const started = performance.now()
  const book = {redis, keys: queueKeys(queue), engine: ZSET.lua, calls: ZSET.calls}
  const writer = setWriter(book.keys.ready, new ScoreClock(0, Date.now))
  const enqueuer = await Enqueuer.open(book, {mode: 'batch', batch: 1000, writer})
  let items = 0
  for (let start = 0; start < bytes.length; items++) {
    const end = bytes.indexOf(10, start)
    const full = enqueuer.add(bytes, start, end)
    if (full) await full
    start = end + 1
  }
  await enqueuer.finish()
  const seconds = (performance.now() - started) / 1000
  await enqueuer.close()
  redis.disconnect()
  if (enqueuer.added !== items) throw new Error(`${enqueuer.added} of ${items} items were added`)
  return items / seconds
}
