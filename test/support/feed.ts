import {randomInt} from './seeded.ts'

/** A feed that makes, changes and deletes the same 40 rows again and again, and the rows (id, v) that it leaves. */
export function feedOf(count: number, seed: number): {items: string[]; rows: Array<{id: number; v: number}>} {
  const random = randomInt(seed)
  const rows = new Map<number, number>()
  const items = Array.from({length: count}, (_, v) => {
    const id = random(40)
    const op = ['insert', 'update', 'delete'][random(3)]
    if (op === 'delete') rows.delete(id)
    else rows.set(id, v)
    return JSON.stringify(op === 'delete' ? {op, id, at: v} : {op, id, v, at: v})
  })
  return {items, rows: [...rows].map(([id, v]) => ({id, v})).sort((a, b) => a.id - b.id)}
}
