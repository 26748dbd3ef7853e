import {escapeLine} from '../escape.ts'

/** Characters for a terminal. */
export interface Signs {
  ok: string
  bad: string
  /** Makes a text safe for one line: without control characters, and in characters that the terminal has. */
  write(text: string): string
}

export const UNICODE: Signs = {ok: '✓', bad: '✗', write: writable}

/** Replaces lone surrogates by what a terminal shows for them, so that they count as one column. */
function writable(text: string): string {
  return escapeLine(text).replace(/\p{Surrogate}/gu, '\ufffd')
}

/** Signs that cells may hold become a single character, so that columns stay aligned. */
const REPLACEMENTS: Record<string, string> = {
  '×': 'x',
  '…': '~',
  '→': '>',
  '·': '-',
  '–': '-',
  µ: 'u',
  '±': '+-',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  λ: 'lambda',
  σ: 'sigma',
  κ: 'kappa',
}
const REPLACED = new RegExp(`[${Object.keys(REPLACEMENTS).join('')}]`, 'g')

export const ASCII: Signs = {
  ok: 'ok',
  bad: 'NO',
  write: (text) => writable(text).replace(REPLACED, (sign) => REPLACEMENTS[sign] ?? sign),
}

/** ASCII if the locale is not UTF-8, and on the Linux console, whose font has no ✓. */
export function signsFor(env: Record<string, string | undefined>): Signs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  if (env.TERM === 'linux') return ASCII
  return locale === undefined || locale === '' || /utf-?8/i.test(locale) ? UNICODE : ASCII
}
