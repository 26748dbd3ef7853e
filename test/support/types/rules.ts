/**
 * The documented rules, said a second time and in another way than the product says them: which texts are `invalid`
 * though Postgres may take them. See the README, "What nobody means".
 */
export type Shape =
  | {leaf: string}
  | {array: Shape}
  | {range: Shape}
  | {multirange: Shape}
  | {row: Array<[name: string, shape: Shape]>}

const BLANKS = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g

/** The code of a rule that a value breaks; the value is JSON, as in a record. */
export function brokenRule(shape: Shape, json: string): string | undefined {
  const value: unknown = JSON.parse(json)
  if (value === null) return undefined
  if ('array' in shape && Array.isArray(value)) {
    const ofElement = (element: unknown) =>
      brokenRule(Array.isArray(element) ? shape : shape.array, JSON.stringify(element))
    return value.map(ofElement).find((code) => code !== undefined)
  }
  if ('row' in shape && typeof value === 'object' && !Array.isArray(value)) {
    const given = new Map(Object.entries(value ?? {}))
    return shape.row
      .filter(([name]) => given.has(name))
      .map(([name, attribute]) => brokenRule(attribute, JSON.stringify(given.get(name))))
      .find((code) => code !== undefined)
  }
  return ruleOfText(shape, typeof value === 'string' ? value : json)
}

function ruleOfText(shape: Shape, text: string): string | undefined {
  if ('leaf' in shape) return ruleOfLeaf(shape.leaf, text)
  const trimmed = text.replace(BLANKS, '')
  if ('row' in shape) {
    if (!trimmed.startsWith('(')) return undefined
    return split(trimmed.slice(1, -1))
      .map((piece, i) => (shape.row[i] && piece !== '' ? ruleOfText(shape.row[i][1], piece) : undefined))
      .find((code) => code !== undefined)
  }
  const inner = 'array' in shape ? shape.array : 'range' in shape ? shape.range : shape.multirange
  const open = 'range' in shape ? /^[[(]/ : /^(\[[^\]]*\] *)*=? *\{/
  if (!open.test(trimmed)) return undefined
  const bare = 'array' in shape && !('leaf' in shape.array) ? [trimmed] : undefined
  const all = bare ? nested(trimmed) : pieces(trimmed.replace(open, '').replace(/[\])}]+$/, ''))
  return all
    .map((piece) => ('leaf' in inner ? piece.replace(BLANKS, '') : piece))
    .filter((piece) => piece !== '' && piece.toUpperCase() !== 'NULL')
    .map((piece) => ruleOfText(inner, piece))
    .find((code) => code !== undefined)
}

/** Quoted elements of an array of ranges or rows, unquoted; the tests write no others. */
function nested(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map((match) => match[1].replace(/\\(.)/gs, '$1'))
}

/** Between commas that stand in no quotes, without quotes and escapes. */
function split(text: string): string[] {
  const found = text.match(/(?:"(?:[^"\\]|\\.|"")*"|\\.|[^,"\\])+|(?<=^|,)(?=,|$)/gs) ?? []
  return found.map(unquoted)
}

/** The same where brackets of inner ranges or dimensions may stand around a piece. */
function pieces(text: string): string[] {
  const found = text.match(/(?:"(?:[^"\\]|\\.|"")*"|\\.|[^,"\\])+|(?<=^|,)(?=,|$)/gs) ?? []
  return found.map((piece) => unquoted(piece.replace(/^[ {[(]+(?=.)|(?<=.)[ }\])]+$/gs, '')))
}

function unquoted(piece: string): string {
  return piece.replace(/"((?:[^"\\]|\\.|"")*)"|\\(.)/gs, (_, quoted, escaped) =>
    quoted === undefined ? escaped : quoted.replace(/\\(.)|"(")/gs, '$1$2'),
  )
}

const TEMPORAL = ['timestamp', 'timestamptz', 'date', 'time', 'timetz']
const NUMERIC = ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']
const GEOMETRIC = ['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle']
const OBJECT_IDS = ['oid', 'xid', 'xid8', 'cid']

function ruleOfLeaf(type: string, text: string): string | undefined {
  const word = text.replace(BLANKS, '').toLowerCase()
  const unsigned = word.replace(/^[+-]/, '')
  const isHuge = /^(nan(\(\w*\))?|inf|infinity)$/.test(unsigned)
  const isNotation = /^0[xob]/.test(unsigned) || /^[0-9.][-+0-9.e]*_/.test(unsigned)
  if (TEMPORAL.includes(type))
    return isMoment(type, text) ? undefined : mentionsTime(word) ? 'TS_FORMAT' : undefined
  if (NUMERIC.includes(type)) return isHuge ? 'NOT_FINITE' : isNotation ? 'NUMBER_FORMAT' : undefined
  if (type === 'int2vector' || type === 'oidvector')
    return word.startsWith('[') && word.endsWith(']') ? 'NUMBER_FORMAT' : undefined
  if (OBJECT_IDS.includes(type)) return isNotation || /^0[0-9]/.test(unsigned) ? 'NUMBER_FORMAT' : undefined
  if (GEOMETRIC.includes(type)) {
    if (word.includes('nan') || word.includes('inf')) return 'NOT_FINITE'
    return word.includes('x') ? 'NUMBER_FORMAT' : undefined
  }
  if (type === 'interval')
    return word.split(/[^a-z]+/).some((part) => part === 'inf' || part === 'infinity')
      ? 'NOT_FINITE'
      : undefined
  return undefined
}

function mentionsTime(word: string): boolean {
  const words = word.split(/[^a-z]+/)
  return (
    /[0-9]/.test(word) ||
    ['now', 'today', 'tomorrow', 'yesterday', 'epoch', 'infinity', 'allballs'].some((special) =>
      words.includes(special),
    )
  )
}

/** YYYY-MM-DD, HH:MM[:SS[.f]], an offset, BC; each where the type has a place for it. */
function isMoment(type: string, text: string): boolean {
  let rest = text.replace(BLANKS, '')
  const take = (pattern: RegExp) => {
    const found = pattern.exec(rest)?.[0]
    if (found !== undefined) rest = rest.slice(found.length)
    return found
  }
  const takeTime = () => {
    const time = take(/^\d\d:\d\d(:\d\d(\.\d+)?)?/)
    return time !== undefined && time < '24' && time.slice(3, 5) < '60' && (time[6] ?? '0') < '6'
  }
  const takeZone = () => take(/^ ?(Z|z|UTC|[-+]\d\d(:?\d\d(:\d\d)?)?)/)
  const hasDate = type === 'date' || type.startsWith('timestamp')
  if (hasDate) {
    if (!take(/^\d{4,}-\d\d-\d\d/)) return false
    if (type !== 'date' && take(/^([Tt]| +)(?=\d)/) !== undefined) {
      if (!takeTime()) return false
      takeZone()
    }
    take(/^ BC/)
  } else {
    if (!takeTime()) return false
    if (type === 'timetz') takeZone()
  }
  return rest === ''
}
