/**
 * The documented rules for texts that are `invalid` although Postgres may accept them, implemented a second time and
 * differently from qtool. See docs/records.md, "Values".
 */
export type Shape =
  | {leaf: string}
  | {array: Shape}
  | {range: Shape}
  | {multirange: Shape}
  | {row: Array<[name: string, shape: Shape]>}

const BLANKS = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g

/** The code of the rule that a value breaks, if any; the value is JSON, as in a record. */
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
  if ('array' in shape) {
    if (!/^(\[[^=]*= *)?\{/.test(trimmed)) return undefined
    return elements(trimmed.slice(trimmed.indexOf('{')))
      .map((element) => ruleOfText(shape.array, element))
      .find((code) => code !== undefined)
  }
  if (!('range' in shape ? /^[[(]/ : /^\{/).test(trimmed)) return undefined
  return bounds(trimmed)
    .filter((bound) => bound !== '')
    .map((bound) => ruleOfText('range' in shape ? shape.range : shape.multirange, bound))
    .find((code) => code !== undefined)
}

/** Elements of an array of any number of dimensions, without nulls. */
function elements(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|([^,{}"]+)/gs)].flatMap(([, quoted, bare]) => {
    if (quoted !== undefined) return [quoted.replace(/\\(.)/gs, '$1')]
    const element = bare.replace(BLANKS, '')
    return element === '' || element.toUpperCase() === 'NULL' ? [] : [element]
  })
}

/** The parts between unquoted commas, with quotes and escapes resolved. */
function split(text: string): string[] {
  const found = text.match(/(?:"(?:[^"\\]|\\.|"")*"|\\.|[^,"\\])+|(?<=^|,)(?=,|$)/gs) ?? []
  return found.map(unquoted)
}

/** Bounds of one range or several: the parts between brackets and commas. */
function bounds(text: string): string[] {
  const found = text.match(/(?:"(?:[^"\\]|\\.|"")*"|\\.|[^,"\\])+/gs) ?? []
  return found.map((piece) => unquoted(piece.replace(/^[ {]*[[(]|[\])][ }]*$/gs, '')))
}

function unquoted(piece: string): string {
  return piece.replace(/"((?:[^"\\]|\\.|"")*)"|\\(.)/gs, (_, quoted, escaped) =>
    quoted === undefined ? escaped : quoted.replace(/\\(.)|"(")/gs, '$1$2'),
  )
}

const TEMPORAL = ['timestamp', 'timestamptz', 'date', 'time', 'timetz']
const NUMERIC = ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']
const GEOMETRIC = ['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle']
const LARGEST: Record<string, bigint> = {xid: 4294967295n, cid: 4294967295n, xid8: 18446744073709551615n}

function ruleOfLeaf(type: string, text: string): string | undefined {
  const word = text.replace(BLANKS, '').toLowerCase()
  const unsigned = word.replace(/^[+-]/, '')
  const isHuge = /^(nan(\(\w*\))?|inf|infinity)$/.test(unsigned)
  const isNotation = /^0[xob]/.test(unsigned) || /^[0-9.][-+0-9.e]*_/.test(unsigned)
  if (TEMPORAL.includes(type))
    return isMoment(type, text) ? undefined : mentionsTime(word) ? 'TS_FORMAT' : undefined
  if (NUMERIC.includes(type)) return isHuge ? 'NOT_FINITE' : isNotation ? 'NUMBER_FORMAT' : undefined
  const isId = (id: string) => !/^[-+]?0[0-9xob]/.test(id) && !/^[-+]?[0-9.][-+0-9.e]*_/.test(id)
  if (type === 'oid') return isId(word) ? undefined : 'NUMBER_FORMAT'
  if (type === 'int2vector' || type === 'oidvector') {
    if (word.startsWith('[') && word.endsWith(']')) return 'NUMBER_FORMAT'
    return word.split(/[ \t\n\v\f\r]+/).every(isId) ? undefined : 'NUMBER_FORMAT'
  }
  if (type in LARGEST) {
    const isWhole = /^[0-9]+$/.test(word) && String(BigInt(word)) === word && BigInt(word) <= LARGEST[type]
    return isWhole ? undefined : 'NUMBER_FORMAT'
  }
  if (type.startsWith('reg')) return /^0[0-9]+$/.test(text) ? 'NUMBER_FORMAT' : undefined
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

/** YYYY-MM-DD, HH:MM[:SS[.f]], an offset and BC, each only if the type can store it. */
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
