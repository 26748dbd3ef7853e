import type {Place} from './place.ts'
import {pointMaker} from './points.ts'

const CHUNK = 1000

/** Puts `count` valid points into the queue of a place as fast as possible; stops early at the signal. */
export async function fillQueue({queue, flights}: Place, count: number, signal?: AbortSignal): Promise<void> {
  const make = pointMaker(flights)
  const producer = await queue.openProducer({mode: 'batch', batch: CHUNK, priority: 0})
  try {
    for (let i = 0; i < count && !signal?.aborted; i++) {
      const point = Buffer.from(make(i))
      const sent = producer.add(point, 0, point.length)
      if (sent) await sent
    }
    await producer.finish()
  } finally {
    await producer.close()
  }
}
