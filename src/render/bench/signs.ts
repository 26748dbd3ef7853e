import {escapeLine} from '../escape.ts'

/** How a terminal is written to. */
export interface Signs {
  ok: string
  bad: string
  /** A text on one line that cannot steer the terminal, in letters that it has. */
  write(text: string): string
}

export const UNICODE: Signs = {ok: '✓', bad: '✗', write: writable}

/** Half a character becomes what a terminal shows for it, so that it counts as one column. */
function writable(text: string): string {
  return escapeLine(text).replace(/\p{Surrogate}/gu, '\ufffd')
}

/** Of one character where cells may hold them, so that columns stay straight. */
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

/** ASCII where the locale says that there is no UTF-8, and on the Linux console, whose font has no ✓. */
export function signsFor(env: Record<string, string | undefined>): Signs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  if (env.TERM === 'linux') return ASCII
  return locale === undefined || locale === '' || /utf-?8/i.test(locale) ? UNICODE : ASCII
}
