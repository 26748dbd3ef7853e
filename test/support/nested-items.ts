import {randomInt} from './seeded.ts'

/** A line of an order; `qty` may be no number. */
export interface Line {
  no: number
  qty: number | string
  parts?: Array<{code: number} | number>
}

export interface Order {
  id: number
  /** A text is refused while the column holds numbers. */
  total: number | string
  customer?: {name: string | null} | string | null
  lines?: Array<Line | null> | number | null
}

/** Random orders with faults at every level; the same for the same seed. */
export function randomOrders(seed: number, count: number): Order[] {
  const next = randomInt(seed)
  const oneIn = (n: number) => next(n) === 0
  let no = 0
  const line = (): Line => {
    no++
    const codes = Array.from({length: next(3)}, () => (oneIn(9) ? no : {code: oneIn(5) ? 70_000 : no}))
    return {no, qty: oneIn(5) ? 'some' : next(100), ...(oneIn(2) ? {} : {parts: codes})}
  }
  return Array.from({length: count}, (_, i): Order => {
    const id = seed * 1000 + i
    const lines = Array.from({length: next(4)}, () => (oneIn(8) ? null : line()))
    return {
      id,
      total: oneIn(4) ? 'much' : next(1000),
      ...(oneIn(3) ? {} : {customer: oneIn(6) ? null : oneIn(6) ? 'me' : {name: oneIn(4) ? null : `c${id}`}}),
      ...(oneIn(5) ? {} : {lines: oneIn(6) ? next(9) : oneIn(6) ? null : lines}),
    }
  })
}

/** Writes a value as some producer might: members in any order, blanks anywhere, keys with escapes. */
export function oddText(value: unknown, seed: number): string {
  const next = randomInt(seed)
  const blank = () => ['', '', ' ', '\t ', '\n'][next(5)]
  const key = (name: string) =>
    next(6) === 0 ? `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"` : `"${name}"`
  const text = (one: unknown): string => {
    if (Array.isArray(one)) return `[${blank()}${one.map(text).join(`${blank()},${blank()}`)}${blank()}]`
    if (typeof one !== 'object' || one === null) return JSON.stringify(one)
    const members = Object.entries(one)
      .map(([name, of]) => ({at: next(1000), pair: `${key(name)}${blank()}:${blank()}${text(of)}`}))
      .sort((a, b) => a.at - b.at)
    return `{${blank()}${members.map(({pair}) => pair).join(`${blank()},${blank()}`)}${blank()}}`
  }
  return text(value)
}
