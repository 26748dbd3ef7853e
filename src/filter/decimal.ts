/** A decimal number with every digit: `sign × 0.digits × 10^exponent`. */
export interface Decimal {
  sign: -1 | 0 | 1
  /** Without zeros at either end. */
  digits: string
  exponent: number
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/
const ZERO = 0x30

/** Reads a number as JSON writes it; undefined where the text is none. */
export function readDecimal(text: string): Decimal | undefined {
  const match = NUMBER.exec(text)
  if (!match) return undefined
  const [, minus, whole, fraction = '', power = '0'] = match
  const all = whole + fraction
  let from = 0
  while (all.charCodeAt(from) === ZERO) from++
  let end = all.length
  while (end > from && all.charCodeAt(end - 1) === ZERO) end--
  if (from === end) return {sign: 0, digits: '', exponent: 0}
  const exponent = whole.length - from + Number(power)
  return {sign: minus === '' ? 1 : -1, digits: all.slice(from, end), exponent}
}

/** Negative where `a` is less than `b`, 0 where they are equal. No digit is lost, as 9007199254740993 would be in a float64. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.sign !== b.sign) return a.sign - b.sign
  if (a.exponent !== b.exponent) return a.exponent > b.exponent ? a.sign : -a.sign
  if (a.digits === b.digits) return 0
  return a.digits > b.digits ? a.sign : -a.sign
}
