import type {RecordMapping} from '../config/mapping/mapping.ts'
import {parseSource, SourceFault} from '../config/mapping/source.ts'
import {isTimeUnit, TIME_UNITS, type TimeUnit} from '../config/mapping/times.ts'
import type {QtoolError} from '../errors.ts'

/** The fields of a binding that hold its mapping. Versions before these fields kept the renames alone. */
export function mappingFields({rename, map = {}, camelCase = false, time = {}}: RecordMapping) {
  return {
    rename: JSON.stringify(rename),
    map: JSON.stringify(map),
    camel_case: camelCase ? '1' : '0',
    time: JSON.stringify(time),
  }
}

/** @param broken the error for a field that is not what was expected */
export function readMappingFields(
  fields: Record<string, string | undefined>,
  broken: (field: string, expected: string) => QtoolError,
): RecordMapping {
  const rename = parsed(fields.rename)
  if (!isTexts(rename)) throw broken('rename', 'a JSON object of texts')
  const map = parsed(fields.map ?? '{}')
  if (!isTexts(map) || !Object.values(map).every(isSource)) throw broken('map', 'a JSON object of sources')
  const time = parsed(fields.time ?? '{}')
  if (!isTexts(time) || !isUnits(time)) throw broken('time', `a JSON object of ${TIME_UNITS.join(', ')}`)
  return {
    rename,
    ...(Object.keys(map).length === 0 ? {} : {map}),
    ...(fields.camel_case === '1' ? {camelCase: true} : {}),
    ...(Object.keys(time).length === 0 ? {} : {time}),
  }
}

/** @returns undefined for what is not JSON */
export function parsed(text = ''): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isTexts(value: unknown): value is Record<string, string> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && Object.values(value).every((inner) => typeof inner === 'string')
}

function isUnits(value: Record<string, string>): value is Record<string, TimeUnit> {
  return Object.values(value).every(isTimeUnit)
}

function isSource(text: string): boolean {
  try {
    parseSource(text)
    return true
  } catch (error) {
    if (error instanceof SourceFault) return false
    throw error
  }
}
