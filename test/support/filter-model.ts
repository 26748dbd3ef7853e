/** A model of the filter language that shares nothing with src: it knows values by how they were printed. */

/** A JSON value with its text, and its text with the escapes of strings read. */
export interface Value {
  kind: 'number' | 'string' | 'literal' | 'object' | 'array'
  raw: string
  unescaped: string
  /** Characters of a string. */
  characters?: string
  entries?: Array<[string, Value]>
}

export interface Record {
  /** Fields of the record by name; a time in ms. */
  texts: {[field: string]: string | undefined}
  time: number | undefined
  payload: Value
  /** The payload and the records in it. */
  objects: Value[]
  message: string
}

/** `text` is how the filter is written, with `*` for any text in patterns. */
export type Node =
  | {kind: 'and'; parts: Node[]}
  | {kind: 'or'; parts: Node[]}
  | {kind: 'not'; part: Node}
  | {kind: 'field'; field: string; pattern: string[]}
  | {kind: 'time'; operator: string; limit: number}
  | {kind: 'value'; path: string[]; pattern: string[]}
  | {kind: 'number'; path: string[]; operator: string; limit: string}
  | {kind: 'contains'; text: string}

/** Whether the payload, or a record of it with the keys of the payload beside its own, passes. */
export function means(node: Node, record: Record): boolean {
  return record.objects.some((object) => passes(node, record, object))
}

function passes(node: Node, record: Record, object: Value): boolean {
  if (node.kind === 'and') return !node.parts.some((part) => !passes(part, record, object))
  if (node.kind === 'or') return node.parts.some((part) => passes(part, record, object))
  if (node.kind === 'not') return !means(node.part, record)
  if (node.kind === 'field') {
    const text = record.texts[node.field]
    return text !== undefined && isLike(node.pattern, text)
  }
  if (node.kind === 'time') return record.time !== undefined && holds(node.operator, record.time - node.limit)
  if (node.kind === 'contains') {
    return [record.payload.raw, record.payload.unescaped, record.message].some((text) =>
      text.includes(node.text),
    )
  }
  return [...lookUp(object, node.path), ...lookUp(record.payload, node.path)].some((value) =>
    node.kind === 'value' ? isValue(node.pattern, value) : isBounded(node.operator, node.limit, value),
  )
}

/** Every value that a path can mean: names may hold dots, and the last of equal keys counts. */
function lookUp(value: Value, path: string[]): Value[] {
  if (path.length === 0) return [value]
  return path.flatMap((_, i) => {
    const key = path.slice(0, i + 1).join('.')
    const found = value.entries?.findLast(([name]) => name === key)
    return found ? lookUp(found[1], path.slice(i + 1)) : []
  })
}

function isValue(pattern: string[], {raw, characters}: Value): boolean {
  if (pattern.length === 1) return pattern[0] === raw || pattern[0] === characters
  return raw !== 'null' && isLike(pattern, characters ?? raw)
}

function isBounded(operator: string, limit: string, {kind, raw, characters = raw}: Value): boolean {
  if (kind !== 'number' && !(kind === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(characters)))
    return false
  const [a, b] = [scaled(characters), scaled(limit)]
  return holds(operator, a < b ? -1 : Number(a > b))
}

/** A number times a power of ten that makes it whole. */
function scaled(text: string): bigint {
  const [mantissa, power = '0'] = text.toLowerCase().split('e')
  const [whole, fraction = ''] = mantissa.split('.')
  return BigInt(whole + fraction) * 10n ** BigInt(40 + Number(power) - fraction.length)
}

function holds(operator: string, difference: number): boolean {
  const signs = {'<': [-1], '<=': [-1, 0], '>': [1], '>=': [1, 0]}[operator] ?? []
  return signs.includes(Math.sign(difference))
}

/** By definition: between the pieces stands any text. */
function isLike([first, ...rest]: string[], text: string): boolean {
  if (rest.length === 0) return text === first
  if (!text.startsWith(first)) return false
  const behind = text.slice(first.length)
  return Array.from({length: behind.length + 1}, (_, i) => behind.slice(i)).some((end) => isLike(rest, end))
}
