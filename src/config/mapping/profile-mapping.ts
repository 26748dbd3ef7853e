import type {QtoolError} from '../../errors.ts'
import {fieldsOf} from './fields.ts'
import type {RecordMapping} from './mapping.ts'
import {canonicalSource} from './parse-map.ts'
import {isTimeUnit, TIME_UNITS} from './times.ts'

/**
 * The mapping of a profile. @param found the profile as it stands in the file
 * @param expected the error for something that is not as it should be
 * @param where which profile of which file, for messages
 * @throws QtoolError
 */
export function profileMapping(
  found: Record<string, unknown>,
  expected: (field: string, what: string) => QtoolError,
  where: string,
): Partial<RecordMapping> {
  const mapping: Partial<RecordMapping> = {}
  if (found.rename !== undefined) {
    mapping.rename = texts(found.rename, (got) =>
      expected('rename', `to give each record key a column${got}`),
    )
  }
  if (found.map !== undefined) {
    const map = texts(found.map, (got) => expected('map', `to give each column a source as a text${got}`))
    const entries = Object.entries(map).map(([column, text]) => [
      column,
      canonicalSource(text, `${where}, map ${column}`),
    ])
    mapping.map = Object.fromEntries(entries)
  }
  if (found.camelCase !== undefined) {
    if (typeof found.camelCase !== 'boolean') throw expected('camelCase', 'to be true or false')
    mapping.camelCase = found.camelCase
  }
  if (found.time !== undefined) {
    const wrong = () => expected('time', `to give each column one of ${TIME_UNITS.join(', ')}`)
    const time = Object.entries(texts(found.time, wrong))
    mapping.time = Object.fromEntries(
      time.map(([column, unit]) => {
        if (!isTimeUnit(unit)) throw wrong()
        return [column, unit]
      }),
    )
  }
  if (found.routes !== undefined) {
    const wrong = () => expected('routes', 'to be a list of texts such as "type=order:public.orders"')
    if (!Array.isArray(found.routes)) throw wrong()
    mapping.routes = Object.values(texts({...found.routes}, wrong))
  }
  fieldsOf({...mapping, rename: mapping.rename ?? {}})
  return mapping
}

/** @param error told which pair is no text, if the whole is an object */
function texts(found: unknown, error: (got: string) => QtoolError): Record<string, string> {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) throw error('')
  const pairs = Object.entries(found)
  return Object.fromEntries(
    pairs.map(([key, value]): [string, string] => {
      if (typeof value !== 'string') throw error(`, not ${JSON.stringify(value)} for ${JSON.stringify(key)},`)
      return [key, value]
    }),
  )
}
