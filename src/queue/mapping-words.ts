import {type Conflict, conflictFlags} from '../config/conflict.ts'
import {type RecordMapping, recordMappingFlags} from '../config/mapping/mapping.ts'
import type {WorkerState} from './worker-state.ts'

/** How records become rows; see `Binding`. */
interface Mapping extends RecordMapping, Conflict {
  records: string
  payload?: string
}

/** How records become rows, as flags of `work`; the same text for the same mapping. */
export function mappingFlags({records, payload = 'json', ...mapping}: Mapping): string {
  return [
    `--records ${records}`,
    `--payload ${payload}`,
    ...recordMappingFlags(mapping),
    ...conflictFlags(mapping),
  ].join(' ')
}

/** The table, too. */
export function mappingWords(mapping: Mapping & {table: string}): string {
  return `${mapping.table} ${mappingFlags(mapping)}`
}

/** A warning if workers of one queue do not all write in the same way. Older versions do not say how they do. */
export function mappingWarnings(workers: readonly WorkerState[]): string[] {
  const byMapping = new Map<string, string[]>()
  for (const {mapping, host, pid} of workers) {
    if (mapping === null) continue
    byMapping.set(mapping, [...(byMapping.get(mapping) ?? []), `${host}:${pid}`])
  }
  if (byMapping.size < 2) return []
  const groups = [...byMapping].map(([mapping, names]) => `${names.join(', ')} ${mapping}`)
  return [`workers of this queue write in different ways; stop those that are wrong: ${groups.join('; ')}`]
}
