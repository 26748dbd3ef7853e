/**
 * The position of a value in a Postgres literal: `{1,2}`, `(a,"b, c")`, `[1,5)`. This file finds values and does not
 * interpret them; a text that is not such a literal has no parts, and Postgres will refuse it.
 * Formats: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO, rowtypes.html#ROWTYPES-IO-SYNTAX,
 * rangetypes.html#RANGETYPES-IO
 */
export interface Part {
  /** `literal[start..end]`, with its quotes. */
  start: number
  end: number
  /** The value with quotes and escapes resolved; undefined if it is null or left out. */
  text: string | undefined
}

const BLANKS = ' \t\n\v\f\r'

/** The literal with some of its parts replaced and everything else unchanged. All of these formats allow quotes. */
export function withParts(literal: string, replaced: Array<{part: Part; text: string}>): string {
  let at = 0
  let out = ''
  for (const {part, text} of replaced) {
    out += `${literal.slice(at, part.start)}"${text.replace(/["\\]/g, '\\$&')}"`
    at = part.end
  }
  return out + literal.slice(at)
}

/** Elements of an array of any number of dimensions, in the order of the text. */
export function arrayParts(literal: string, delimiter: string): Part[] | undefined {
  const parts: Part[] = []
  // `[2:4]={…}` gives the bounds of the subscripts
  const opened = /^[ \t\n\v\f\r]*(?:(?:\[[^\]]*\][ \t\n\v\f\r]*)+=)?/.exec(literal)?.[0].length ?? 0
  let at = opened
  let depth = 0
  do {
    at = skipBlanks(literal, at)
    const c = literal[at]
    if (c === undefined) return undefined
    if (c === '{') depth++
    else if (c === '}') depth--
    else if (depth === 0) return undefined
    else if (c !== delimiter) {
      const part = element(literal, at, delimiter)
      if (!part) return undefined
      parts.push(part)
      at = part.end
      continue
    }
    at++
  } while (depth > 0)
  return parts
}

function element(literal: string, start: number, delimiter: string): Part | undefined {
  const quoted = literal[start] === '"'
  let at = quoted ? start + 1 : start
  let text = ''
  // Blanks after an unquoted element are not part of it
  let kept = 0
  for (;;) {
    const c = literal[at]
    if (c === undefined) return undefined
    if (quoted ? c === '"' : c === delimiter || c === '}') break
    if (!quoted && (c === '"' || c === '{')) return undefined
    text += c === '\\' ? (literal[++at] ?? '') : c
    at++
    if (c === '\\' || !BLANKS.includes(c)) kept = text.length
  }
  if (quoted) return {start, end: at + 1, text}
  const value = text.slice(0, kept)
  const isNull = value.toUpperCase() === 'NULL' && !literal.slice(start, at).includes('\\')
  return {start, end: at - (text.length - kept), text: isNull ? undefined : value}
}

/** Fields of a row, in the order of its attributes. */
export function rowParts(literal: string): Part[] | undefined {
  const open = skipBlanks(literal, 0)
  if (literal[open] !== '(') return undefined
  const parts: Part[] = []
  let at = open
  do {
    const part = field(literal, at + 1, ',)')
    if (!part) return undefined
    parts.push(part)
    at = part.end
  } while (literal[at] === ',')
  return skipBlanks(literal, at + 1) === literal.length ? parts : undefined
}

/** The bounds of a range; none for `empty`. */
export function rangeParts(literal: string): Part[] | undefined {
  const open = skipBlanks(literal, 0)
  if (literal[open] !== '[' && literal[open] !== '(') return undefined
  const lower = field(literal, open + 1, ',)]')
  if (!lower || literal[lower.end] !== ',') return undefined
  const upper = field(literal, lower.end + 1, ',)]')
  if (!upper || literal[upper.end] === ',') return undefined
  return skipBlanks(literal, upper.end + 1) === literal.length ? [lower, upper] : undefined
}

/** A field or bound up to one of `stops`: blanks belong to it, and quotes may occur anywhere in it. */
function field(literal: string, start: number, stops: string): Part | undefined {
  let at = start
  let quoted = false
  let text = ''
  for (;;) {
    const c = literal[at]
    if (c === undefined) return undefined
    if (!quoted && stops.includes(c)) break
    if (c === '\\') text += literal[++at] ?? ''
    else if (c !== '"') text += c
    else if (quoted && literal[at + 1] === '"') {
      text += '"'
      at++
    } else quoted = !quoted
    at++
  }
  return {start, end: at, text: at === start ? undefined : text}
}

/** The bounds of all ranges of a multirange. */
export function multirangeParts(literal: string): Part[] | undefined {
  const open = skipBlanks(literal, 0)
  if (literal[open] !== '{') return undefined
  const parts: Part[] = []
  let at = open + 1
  while (literal[at] !== undefined && literal[at] !== '}') {
    if (literal[at] !== '[' && literal[at] !== '(') {
      // Blanks, commas and the word `empty`
      at++
      continue
    }
    for (const stops of [',', ')]']) {
      const bound = field(literal, at + 1, stops)
      if (!bound) return undefined
      parts.push(bound)
      at = bound.end
    }
    at++
  }
  return literal[at] === '}' ? parts : undefined
}

function skipBlanks(literal: string, start: number): number {
  let at = start
  while (at < literal.length && BLANKS.includes(literal[at])) at++
  return at
}
