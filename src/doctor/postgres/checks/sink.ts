import type {Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead, type Part} from '../part.ts'
import type {SinkFacts} from '../read/sink.ts'

/** Judges a part of what is known of the sink's table. A table that does not exist is the matter of a check of its own. */
export function ofSink<K extends keyof SinkFacts>(
  {sink}: PostgresFacts,
  part: K,
  judge: (value: NonNullable<SinkFacts[K]['value']>, table: string) => Found[],
): Found[] {
  return ifRead(sink.table, ({oid, name}) =>
    oid === 0
      ? []
      : ifRead(sink[part] as Part<NonNullable<SinkFacts[K]['value']>>, (value) => judge(value, name)),
  )
}
