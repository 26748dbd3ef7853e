import type {LeaseParts, Part} from '../lease-parts.ts'

/**
 * Tries records again that were refused for a reason which a later step may have removed: a parent that was missing, rows
 * that refer to a deleted one, a key that was taken. A record stays refused if a later one of its key was applied. Ends
 * when that helps no more.
 */
export async function giveSecondChances(
  parts: LeaseParts,
  again: (part: Part, records: number[]) => Promise<unknown>,
): Promise<void> {
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const waiting = waitingIn(parts)
    const count = waiting.reduce((sum, {records}) => sum + records.length, 0)
    if (count === 0 || count >= before) return
    before = count
    for (const {part, records} of waiting) {
      part.lease.takeBack(records)
      await again(part, records)
    }
  }
}

function waitingIn({all, steps}: LeaseParts): Array<{part: Part; records: number[]}> {
  if (!steps) return []
  const refused = new Set(
    all.flatMap(({lease}) => lease.rejections.map(({record}) => lease.numberOf(record))),
  )
  return all.flatMap((part) => {
    const records = part.lease.rejections.flatMap(({record, cause}) => {
      const mayPass = cause.reason === 'foreign_key' || cause.code === '23505'
      const isLast = steps.keys.after(part.lease.numberOf(record)).every((later) => refused.has(later))
      return mayPass && isLast ? [record] : []
    })
    return records.length === 0 ? [] : [{part, records}]
  })
}
