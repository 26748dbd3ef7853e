import type {EngineKind} from '../queue/kinds.ts'
import {escapeLine} from './escape.ts'

const NAMES: Record<EngineKind, string> = {zset: 'sorted set', list: 'list', stream: 'stream'}

/** Where the ready items of a queue are, if that is not a sorted set in its usual key; else "". */
export function placeWords({engine, readyKey}: {engine: EngineKind; readyKey: string | null}): string {
  if (readyKey !== null) return `${NAMES[engine]} in key ${escapeLine(readyKey)}`
  return engine === 'zset' ? '' : NAMES[engine]
}
