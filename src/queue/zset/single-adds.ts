import type {Shipment} from './exact-sender.ts'
import type {ScoreClock} from './score.ts'

/** Items that are added with a ZADD each. */
export function singleAdds(
  key: string,
  clock: ScoreClock,
  {items, recordsPerItem}: {items: Buffer[]; recordsPerItem: number},
): Shipment {
  const scored = items.map((item) => ({score: nextScore(clock), item}))
  return {
    addTo: (transaction) => {
      for (const {score, item} of scored) transaction.zadd(key, 'NX', score, item)
    },
    recordsPerItem,
    items: items.length,
    first: () => items[0],
  }
}

function nextScore(clock: ScoreClock): string {
  const text = Buffer.alloc(clock.length)
  clock.write(text, 0)
  return text.toString('latin1')
}
