import {joinRecent, lastMinuteOf} from '../recent.ts'
import {mergeMemory} from '../shards/merge-inspections.ts'
import type {Passed, QueueReading, QueueRow} from './queue-row.ts'

/** A queue with its shards as one row. @param parts that of the queue's own name first */
export function joinShards(shards: number, parts: readonly QueueReading[]): QueueReading {
  const [{row}] = parts
  const rows = parts.map((part) => part.row)
  const broken = rows.find(({problem}) => problem !== null)
  if (broken) {
    const where = broken.queue === row.queue ? '' : `${broken.queue}: `
    return {row: {...row, shards, problem: `${where}${broken.problem}`}, passed: undefined, recent: undefined}
  }
  const total = (name: 'ready' | 'leased' | 'overdueLeases' | 'deadLetters' | 'workers') =>
    rows.reduce((all, one) => all + (one[name] ?? 0), 0)
  const paused = rows.every((one) => one.paused)
  const recent = joinRecent(parts.flatMap((part) => part.recent ?? []))
  const memories = rows.flatMap(({memory}) => memory ?? [])
  return {
    row: {
      ...row,
      shards,
      ready: total('ready'),
      leased: total('leased'),
      overdueLeases: total('overdueLeases'),
      deadLetters: total('deadLetters'),
      workers: total('workers'),
      lastFailedAgoMs: least(rows, 'lastFailedAgoMs'),
      oldestMs: most(rows, 'oldestMs'),
      paused,
      pauseEndsInMs: paused ? least(rows, 'pauseEndsInMs') : null,
      lastMinute: lastMinuteOf(recent),
      recentReady: recent?.ready ?? [],
      memory:
        memories.length < rows.length
          ? null
          : {
              ready: mergeMemory(memories.map(({ready}) => ready)),
              deadLetters: mergeMemory(memories.map(({deadLetters}) => deadLetters)),
            },
    },
    recent,
    passed: joinPassed(parts.flatMap(({passed}) => passed ?? [])),
  }
}

function joinPassed(all: readonly Passed[]): Passed | undefined {
  if (all.length === 0) return undefined
  const total = (way: 'in' | 'out') => {
    const counted = all.flatMap((one) => one[way] ?? [])
    return counted.length === 0 ? undefined : counted.reduce((sum, one) => sum + one, 0)
  }
  return {atMs: all[0].atMs, in: total('in'), out: total('out')}
}

type Figure = 'lastFailedAgoMs' | 'oldestMs' | 'pauseEndsInMs'

function least(rows: readonly QueueRow[], name: Figure): number | null {
  const known = rows.flatMap((row) => row[name] ?? [])
  return known.length > 0 ? Math.min(...known) : null
}

function most(rows: readonly QueueRow[], name: Figure): number | null {
  const known = rows.flatMap((row) => row[name] ?? [])
  return known.length > 0 ? Math.max(...known) : null
}
