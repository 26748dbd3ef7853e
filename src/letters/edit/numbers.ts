import {type Conversion, charactersOf} from './conversion.ts'

/** Digits, perhaps in groups of three, then a comma and more digits. */
const COMMA_DECIMAL = /^\s*([-+]?)(\d+|\d{1,3}(?:([.' \u00a0\u202f])\d{3})(?:\3\d{3})*)(?:,(\d+))?\s*$/

/** `"1.234,50"` → 1234.50. A text such as "1.234" may be either, and is left alone. */
export const commaDecimal: Conversion = (json) => {
  const [, sign, whole, group, fraction] = COMMA_DECIMAL.exec(charactersOf(json) ?? '') ?? []
  if (whole === undefined) return {misfit: 'is not a string with a decimal comma, such as "467,47"'}
  if (group === '.' && fraction === undefined) {
    return {misfit: 'has a point and no comma, so its meaning is ambiguous'}
  }
  return {json: numberText(sign, whole.replace(/\D/g, ''), fraction)}
}

const NUMBER = /^\s*([-+]?)(\d+)(?:\.(\d+))?([eE][-+]?\d+)?\s*$/

/** `"42"` → 42. */
export const number: Conversion = (json) => {
  const [, sign, whole, fraction, exponent = ''] = NUMBER.exec(charactersOf(json) ?? '') ?? []
  if (whole === undefined) return {misfit: 'is not a string with a number, such as "42.50"'}
  return {json: `${numberText(sign, whole, fraction)}${exponent}`}
}

/** `42` → "42". */
export const string: Conversion = (json) =>
  /^[-\dtf]/.test(json) ? {json: `"${json}"`} : {misfit: 'is neither a number nor true or false'}

/** A number as JSON writes it: without a plus sign, and without zeros in front. */
function numberText(sign: string, whole: string, fraction: string | undefined): string {
  return `${sign.replace('+', '')}${whole.replace(/^0+(?=\d)/, '')}${fraction === undefined ? '' : `.${fraction}`}`
}
