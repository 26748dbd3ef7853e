import {readFileSync} from 'node:fs'
import {payloadOf} from '../../../src/record/payload/kinds.ts'
import type {JobFields, PayloadKind} from '../../../src/record/payload/payload.ts'

/** A job as its library has written it. */
export interface Captured {
  name: string
  item: Buffer
  /** What its hash held, if the item is the id of a job. */
  hash: Map<string, Buffer>
}

/** Jobs that the real libraries have written; the scripts in `captured/` made them. */
export function captured(kind: Exclude<PayloadKind, 'json'>): Captured[] {
  const path = new URL(`captured/${kind}.json`, import.meta.url)
  const jobs: Array<{name: string; item: string; fields?: Record<string, string>}> = JSON.parse(
    readFileSync(path, 'utf8'),
  )
  return jobs.map(({name, item, fields = {}}) => ({
    name,
    item: Buffer.from(item, 'base64'),
    hash: new Map(Object.entries(fields).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
  }))
}

/** The fields that a lookup would return; undefined for kinds whose items hold everything. */
export function fieldsOf(kind: PayloadKind, hash: ReadonlyMap<string, Buffer>): JobFields | undefined {
  return payloadOf(kind)?.fields?.map((field) => hash.get(field) ?? null)
}
