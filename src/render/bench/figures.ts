/** Shown for a figure that was not measured, or had too few samples. */
export const ABSENT = 'n/a'

/** Direction of rounding: rates go down and times up, so that no figure looks better than it was. */
export type Towards = 'down' | 'up'

/** 1850.9 → 1,850 down, 1,851 up. */
export function figure(value: number, decimals: number, towards: Towards): string {
  if (!Number.isFinite(value)) return ABSENT
  const scaled = plainly(value * 10 ** decimals)
  const whole = towards === 'down' ? Math.floor(scaled) : Math.ceil(scaled)
  return grouped((whole / 10 ** decimals || 0).toFixed(decimals))
}

/** A figure outside of tables: whole numbers without decimals, others with decimals according to their size. */
export function shortFigure(value: number, towards: Towards): string {
  if (Number.isInteger(value)) return figure(value, 0, towards)
  const size = Math.abs(value)
  return figure(value, size >= 10_000 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3, towards)
}

/** Cells of one column of rates, which all have the same number of decimals. */
export function rateCells(values: Array<number | null>): string[] {
  const least = smallest(values)
  return cells(values, least < 1 ? 2 : least < 10 ? 1 : 0, 'down')
}

/** Cells of one column of times in ms; times are recorded to the microsecond. */
export function timeCells(values: Array<number | null>): string[] {
  const least = smallest(values)
  return cells(values, least < 0.1 ? 3 : least < 10 ? 2 : least < 100 ? 1 : 0, 'up')
}

export function cells(values: Array<number | null>, decimals: number, towards: Towards): string[] {
  return values.map((value) => (value === null ? ABSENT : figure(value, decimals, towards)))
}

/** 0.0312 → `3.2 %`. */
export function percent(share: number, decimals: number, towards: Towards): string {
  return `${figure(share * 100, decimals, towards)} %`
}

/** How many times better: 15.2 → `15x`, 0.93 → `0.93x`. */
export function times(ratio: number | null): string {
  if (ratio === null) return ABSENT
  return `${figure(ratio, ratio >= 10 ? 0 : ratio >= 1 ? 1 : 2, 'down')}x`
}

function smallest(values: Array<number | null>): number {
  return Math.min(...values.flatMap((value) => (value === null || value === 0 ? [] : [Math.abs(value)])))
}

/** 1.1 × 100 is 110.00000000000001, which would be rounded up to 111. */
function plainly(value: number): number {
  return Number(value.toPrecision(12))
}

function grouped(text: string): string {
  const [whole = '', part] = text.split('.')
  const head = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return part === undefined ? head : `${head}.${part}`
}
