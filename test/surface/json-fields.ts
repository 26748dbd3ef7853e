/** Fields that an answer has, e.g. `items[].id` with the types `string` and `null`. */
export type Fields = Map<string, Set<string>>

/** Objects whose keys are data, such as the reasons of dead letters, not names of fields. */
const KEYED_BY_DATA = ['deadLettersByReason', 'rejectedByCode', 'unknownKeys', 'rename', 'settings']

/** Null, a number, empty or full as the measurement went: the type says nothing about the command. */
const MEASURED = [
  ...['steps[].throughput', 'steps[].usage.loopLagMs'],
  ...['metrics[].ratio', 'metrics[].interval', 'metrics[].p'],
]

/**
 * The fields of a JSON value with their types, the elements of an array as one. A field that only some elements have is
 * also `absent`. An array or object that has fields of its own is not listed, unless it may be something else.
 */
export function fieldsOf(value: unknown): Fields {
  const fields: Fields = new Map()
  collect(fields, '', [value])
  return fields
}

/** Adds what all values at one path have between them; undefined stands for an object without the field. */
function collect(fields: Fields, path: string, values: unknown[]): void {
  if (endsWith(path, MEASURED)) {
    fields.set(path, new Set(['measured']))
    return
  }
  const types = new Set(values.map(typeOf))
  const inner = innerOf(path, values)
  if (path !== '' && (inner.size === 0 || types.size > 1)) fields.set(path, types)
  for (const [innerPath, innerValues] of inner) collect(fields, innerPath, innerValues)
}

/** The paths below one path, each with all its values. */
function innerOf(path: string, values: unknown[]): Map<string, unknown[]> {
  const inner = new Map<string, unknown[]>()
  const elements = values.filter((value) => Array.isArray(value)).flat()
  if (elements.length > 0) inner.set(`${path}[]`, elements)
  const objects = values.filter(isObject)
  const start = path === '' ? '' : `${path}.`
  if (endsWith(path, KEYED_BY_DATA)) {
    const data = objects.flatMap((object) => Object.values(object))
    return data.length > 0 ? inner.set(`${start}*`, data) : inner
  }
  for (const key of new Set(objects.flatMap((object) => Object.keys(object)))) {
    inner.set(
      `${start}${key}`,
      objects.map((object) => object[key]),
    )
  }
  return inner
}

function endsWith(path: string, names: string[]): boolean {
  return names.some((name) => path === name || path.endsWith(`.${name}`))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeOf(value) === 'object'
}

function typeOf(value: unknown): string {
  if (value === undefined) return 'absent'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
