import type {Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead, type Part} from '../part.ts'
import type {SinkFacts} from '../read/sink.ts'

/** The tables that a queue drains into. */
export function sinksOf({sink, otherSinks = []}: PostgresFacts): SinkFacts[] {
  return [sink, ...otherSinks]
}

type Judge<K extends keyof SinkFacts> = (value: NonNullable<SinkFacts[K]['value']>, table: string) => Found[]

/** Judges a part of what is known of each table of the sink. */
export function ofSink<K extends keyof SinkFacts>(facts: PostgresFacts, part: K, judge: Judge<K>): Found[] {
  return sinksOf(facts).flatMap((sink) => ofTable(sink, part, judge))
}

/** The same for one table. A table that does not exist is the matter of a check of its own. */
export function ofTable<K extends keyof SinkFacts>(sink: SinkFacts, part: K, judge: Judge<K>): Found[] {
  return ifRead(sink.table, ({oid, name}) =>
    oid === 0
      ? []
      : ifRead(sink[part] as Part<NonNullable<SinkFacts[K]['value']>>, (value) => judge(value, name)),
  )
}
