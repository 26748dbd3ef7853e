import {looksLike} from '../../record/payload/detect.ts'
import {type PayloadKind, payloadKind} from '../../record/payload/payload.ts'
import {unlessDenied} from '../../redis/denied.ts'
import type {OpenedBook} from '../engine-calls.ts'

/** Who wrote the items of a queue. */
export interface PayloadSight {
  /** As its workers have said; null if none ever did. */
  payload: PayloadKind | null
  /** The job library that the next items look like, if none was set; null if they look like none. */
  looksLike: PayloadKind | null
}

/** Items that are looked at. */
const SAMPLE = 3

/** @param isOwn whether qtool itself has put items into the queue, so that they are no jobs */
export async function seePayload({redis, keys, calls}: OpenedBook, isOwn: boolean): Promise<PayloadSight> {
  const [said] = (await unlessDenied(redis.hmget(keys.sink, 'payload'))) ?? []
  const payload = payloadKind(said) ?? null
  if (payload !== null || isOwn) return {payload, looksLike: null}
  const items = (await unlessDenied(calls.peek(redis, keys, SAMPLE))) ?? []
  const members = items.map(({member}) => member)
  return {payload, looksLike: looksLike(members, keys.ready) ?? null}
}

/** What to do about a library that was not named. */
export function payloadWarnings(queue: string, {looksLike: kind}: PayloadSight): string[] {
  if (kind === null) return []
  return [
    `the items look like jobs of ${kind}, but --payload is not set: "qtool peek -q ${queue} --payload ${kind}" shows their records, and "qtool work" with that flag drains them`,
  ]
}
