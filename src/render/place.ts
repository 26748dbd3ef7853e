import type {EngineKind} from '../queue/kinds.ts'
import type {PayloadKind} from '../record/payload/payload.ts'
import {escapeLine} from './escape.ts'

const NAMES: Record<EngineKind, string> = {zset: 'sorted set', list: 'list', stream: 'stream'}

/** Which library wrote the items, as `jobs of celery`; "" for plain records, and where nobody has said. */
export function jobWords(payload: PayloadKind | null): string {
  return payload === null || payload === 'json' ? '' : `jobs of ${payload}`
}

/** Where the ready items of a queue are, if that is not a sorted set in its usual key; else "". */
export function placeWords({engine, readyKey}: {engine: EngineKind; readyKey: string | null}): string {
  if (readyKey !== null) return `${NAMES[engine]} in key ${escapeLine(readyKey)}`
  return engine === 'zset' ? '' : NAMES[engine]
}
