import {usageError} from '../../errors.ts'
import {parseRoutes, tablesOf} from '../routes.ts'
import type {Setting, SettingSource} from '../setting.ts'

const RANKS: readonly SettingSource[] = ['flag', 'environment', 'profile']

/**
 * The table that all records go into, or the routes into several, whichever was named closer to the command.
 * @throws QtoolError (usage) for what is no route, and if both were named at the same place
 */
export function tableOrRoutes(
  table: Setting<string> | undefined,
  routes: Setting<readonly string[]> | undefined,
): {table?: Setting<string>; routes?: readonly string[]} {
  if (!routes) return table ? {table} : {}
  const {value, source} = routes
  parseRoutes(value)
  if (table?.source === source) {
    throw usageError(
      'a table and routes exclude each other, and both were named',
      `for records that no other route takes: --route '*:${table.value}'`,
    )
  }
  if (table && RANKS.indexOf(table.source) < RANKS.indexOf(source)) return {table}
  return {table: {value: tablesOf(value), source}, routes: value}
}
