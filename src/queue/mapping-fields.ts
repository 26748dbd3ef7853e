import type {RecordMapping} from '../config/mapping/mapping.ts'
import {parseSource, SourceFault} from '../config/mapping/source.ts'
import {isTimeUnit, TIME_UNITS, type TimeUnit} from '../config/mapping/times.ts'
import {parseRoutes} from '../config/routes.ts'
import {QtoolError} from '../errors.ts'

/** The fields of a binding that hold its mapping. Versions before these fields kept the renames alone. */
export function mappingFields({rename, map = {}, camelCase = false, time = {}, routes = []}: RecordMapping) {
  return {
    rename: JSON.stringify(rename),
    map: JSON.stringify(map),
    camel_case: camelCase ? '1' : '0',
    time: JSON.stringify(time),
    routes: JSON.stringify(routes),
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
  const routes = parsed(fields.routes ?? '[]')
  if (!areRoutes(routes)) throw broken('routes', 'a JSON list of routes')
  return {
    rename,
    ...(Object.keys(map).length === 0 ? {} : {map}),
    ...(fields.camel_case === '1' ? {camelCase: true} : {}),
    ...(Object.keys(time).length === 0 ? {} : {time}),
    ...(routes.length === 0 ? {} : {routes}),
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

function areRoutes(value: unknown): value is string[] {
  if (!Array.isArray(value) || !value.every((text) => typeof text === 'string')) return false
  try {
    parseRoutes(value)
    return true
  } catch (error) {
    if (error instanceof QtoolError) return false
    throw error
  }
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
