import {judgeSetWise, type SetWise} from '../../sink/set-wise/judge.ts'
import {sinksOf} from './checks/sink.ts'
import type {PostgresFacts} from './facts.ts'

/** Whether `qtool work` checks the foreign keys of each table for a whole lease at once; none for tables without any. */
export function setWiseOf(facts: PostgresFacts | null): Record<string, SetWise> {
  const found = (facts ? sinksOf(facts) : []).flatMap(({table, setWise}) =>
    table.value && setWise.value && setWise.value.keys.length > 0
      ? [[table.value.name, judgeSetWise(setWise.value)] as const]
      : [],
  )
  return Object.fromEntries(found)
}
