import {usageError} from '../../errors.ts'
import {readVariable} from '../empty-values.ts'
import {fieldsOf} from './fields.ts'
import type {RecordMapping} from './mapping.ts'
import {parseMap} from './parse-map.ts'
import {parseRenames} from './parse-renames.ts'
import {parseTimes} from './times.ts'

/** Flags of a mapping; undefined if the flag was not given. */
export interface MappingFlags {
  rename?: string[]
  map?: string[]
  'camel-case'?: boolean
  time?: string[]
  route?: string[]
}

/** What flags say of a mapping; undefined for what they do not say. @throws QtoolError (usage) */
export function saidMapping(flags: MappingFlags): Partial<RecordMapping> {
  const said = {
    rename: flags.rename && parseRenames(flags.rename),
    map: flags.map && parseMap(flags.map, '--map'),
    camelCase: flags['camel-case'],
    time: flags.time && parseTimes(flags.time, '--time'),
    routes: flags.route,
  }
  fieldsOf({...said, rename: said.rename ?? {}})
  return said
}

/** Flag > environment > profile, part by part; see `tableOrRoutes` for the routes. @throws QtoolError (usage) */
export function mappingSettings({
  flags,
  env,
  profile,
}: {
  flags: MappingFlags
  env: NodeJS.ProcessEnv
  profile?: Partial<RecordMapping>
}): Omit<RecordMapping, 'routes'> {
  const said = saidMapping(flags)
  const lines = (name: string) => linesOf(env, name)
  const map = lines('QTOOL_MAP')
  const time = lines('QTOOL_TIME')
  return {
    rename: said.rename ?? profile?.rename ?? {},
    map: said.map ?? (map && parseMap(map, 'QTOOL_MAP')) ?? profile?.map,
    camelCase: said.camelCase ?? yesOrNo(readVariable(env, 'QTOOL_CAMEL_CASE')) ?? profile?.camelCase,
    time: said.time ?? (time && parseTimes(time, 'QTOOL_TIME')) ?? profile?.time,
  }
}

/** The lines of a variable that has one value in each. */
export function linesOf(env: NodeJS.ProcessEnv, name: string): string[] | undefined {
  const lines = readVariable(env, name)?.split('\n')
  return lines?.filter((line) => line.trim() !== '')
}

function yesOrNo(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  if (text === '1' || text === 'true') return true
  if (text === '0' || text === 'false') return false
  throw usageError(`expected QTOOL_CAMEL_CASE to be 1 or 0, got ${JSON.stringify(text)}`)
}
