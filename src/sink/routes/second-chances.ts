import type {ClientBase} from 'pg'
import type {DecodedLease} from '../decode/decoded.ts'
import type {LeaseParts, Part} from '../lease-parts.ts'

/**
 * Writes the parts of a lease in their order. After each turn, and at the end, those records are tried again that were
 * refused for a reason which a later step may have removed: a parent that was missing, rows that refer to a deleted one, a
 * key that was taken. A record stays refused if a later one of its key was applied.
 */
export async function takeSteps(
  client: ClientBase,
  parts: LeaseParts,
  write: (part: Part) => Promise<unknown>,
  again: (part: Part, records: number[]) => Promise<unknown>,
): Promise<void> {
  const {all, steps} = parts
  for (const [i, part] of all.entries()) {
    await write(part)
    if (!steps) continue
    const done = i + 1
    if (done % steps.ofTurn === 0)
      await giveSecondChances(client, parts, {from: done - steps.ofTurn, to: done}, again)
    if (done === all.length) await giveSecondChances(client, parts, {from: 0, to: done}, again)
  }
}

/** Of the parts `from` until `to`, until that helps no more. */
async function giveSecondChances(
  client: ClientBase,
  parts: LeaseParts,
  which: {from: number; to: number},
  again: (part: Part, records: number[]) => Promise<unknown>,
): Promise<void> {
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const waiting = await waitingIn(client, parts, which)
    const count = waiting.reduce((sum, {records}) => sum + records.length, 0)
    if (count === 0 || count >= before) return
    before = count
    for (const {part, records} of waiting) {
      takeBack(part.lease, records)
      await again(part, records)
    }
  }
}

async function waitingIn(
  client: ClientBase,
  {all, steps}: LeaseParts,
  {from, to}: {from: number; to: number},
): Promise<Array<{part: Part; records: number[]}>> {
  const waiting: Array<{part: Part; records: number[]}> = []
  const applied = new Set<number>()
  for (const {lease} of all.slice(0, to)) {
    for (const record of lease.pending) applied.add(lease.numberOf(record))
  }
  for (const part of all.slice(from, to)) {
    const {sink, lease} = part
    const records: number[] = []
    for (const {record, cause} of lease.rejections) {
      if (cause.reason !== 'foreign_key' && cause.code !== '23505') continue
      if (!(await steps?.keys.isFollowed(client, sink, lease.numberOf(record), applied))) records.push(record)
    }
    if (records.length > 0) waiting.push({part, records})
  }
  return waiting
}

/** Forgets that records were refused. */
function takeBack({rejections}: DecodedLease, records: readonly number[]): void {
  const back = new Set(records)
  const kept = rejections.filter(({record}) => !back.has(record))
  rejections.splice(0, rejections.length, ...kept)
}
