import {judgeSetWise, type SetWise} from '../../sink/set-wise/judge.ts'
import type {PostgresFacts} from './facts.ts'

/** Whether `qtool work` checks the foreign keys of the sink for a whole lease at once; null of a table without any. */
export function setWiseOf(facts: PostgresFacts | null): SetWise | null {
  const setWise = facts?.sink.setWise.value
  return setWise && setWise.keys.length > 0 ? judgeSetWise(setWise) : null
}
