import type {Trash} from '../trash-list.ts'
import {sum} from './shard-set.ts'

/** What several shards keep under one id. */
export function joinTrash(parts: Trash[]): Trash | undefined {
  if (parts.length === 0) return undefined
  const at = parts.map((part) => part.at).sort()
  const until = parts.map((part) => part.until).sort()
  return {...parts[0], count: sum(parts.map(({count}) => count)), at: at[at.length - 1], until: until[0]}
}
