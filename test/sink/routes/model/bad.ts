import type {Change, Pick, Rows, Shape} from './source.ts'

/** A record that a table refuses, and the code of its dead letter. */
export interface Bad {
  change: Change
  code: string
  /** A later record of its key may supersede it before it is refused. */
  isMaybe?: boolean
}

/** An order that no delete can remove. */
export const KEPT = 90

/** Puts records that are wrong in different ways into a lease. None of them changes a row. @returns dead letters by `bad` */
export function spoil(
  pick: Pick,
  changes: Change[],
  {rows, shape, lease}: {rows: Rows; shape: Shape; lease: number},
): {changes: Change[]; expected: Map<string, Bad>} {
  const all = [...changes]
  const expected = new Map<string, Bad>()
  for (let times = pick(8); times > 0; times--) {
    for (const [i, bad] of someBad(pick, 1000 + lease * 100 + times, rows, shape).entries()) {
      const id = `${lease}.${times}.${i}`
      expected.set(id, bad)
      // What touches rows of the feed may not come between a row and its parent, which begins a turn
      const place = bad.code === 'FK' || bad.isMaybe ? 0 : pick(all.length + 1)
      all.splice(place, 0, {...bad.change, bad: id})
    }
  }
  return {changes: all, expected}
}

/** @param id of no row, and of no other record */
function someBad(pick: Pick, id: number, rows: Rows, {isSoft}: Shape): Bad[] {
  const seq = 1e6
  const known = [...rows.o.keys()]
  switch (pick(8)) {
    case 0:
      return [{code: 'UNKNOWN_OP', change: {t: 'l', op: 'x', id, seq}}]
    case 1:
      return [{code: 'NO_KEY', change: {t: 'o', op: 'd', id: null, seq} as unknown as Change}]
    case 2:
      return [{code: '23503', change: {t: 's', op: 'c', id, l: 777, o: null, seq}}]
    case 3:
      return [{code: 'NO_ROUTE', change: {t: 'x', op: 'c', id} as unknown as Change}]
    case 4:
      return [{code: '23514', change: {t: 'o', op: 'insert', id, v: 2000, seq}}]
    case 5:
      return isSoft ? [] : [{code: 'FK', change: {t: 'o', op: 'd', id: KEPT, seq}}]
    case 6: {
      const change: Change = {t: 'o', op: 'u', id: known[pick(known.length)] ?? KEPT, v: 'many', seq: -1}
      return [{code: '22P02', isMaybe: true, change}]
    }
    default:
      return [
        {code: '22P02', change: {t: 'o', op: 'c', id, v: 'many', seq}},
        {code: 'PARENT_REFUSED', change: {t: 'l', op: 'c', id, o: id, seq}},
        {code: 'PARENT_REFUSED', change: {t: 's', op: 'c', id, l: id, o: null, seq}},
      ]
  }
}
