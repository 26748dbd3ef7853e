import type {JudgedRow} from '../monitor/judged-row.ts'
import type {Verdict} from '../monitor/observation.ts'
import {plural} from './format.ts'

/** What the top of the list says of all queues. */
export interface Summary {
  level: Verdict['level']
  text: string
  /** The queues that need attention, the worst first. */
  worrying: JudgedRow[]
}

export function summarise(rows: JudgedRow[]): Summary {
  const critical = rows.filter(({verdict}) => verdict.level === 'critical')
  const warning = rows.filter(({verdict}) => verdict.level === 'warning')
  const worrying = [...critical, ...warning]
  const level = critical.length > 0 ? 'critical' : warning.length > 0 ? 'warning' : 'ok'
  return {level, text: words(rows.length, worrying.length), worrying}
}

function words(all: number, worrying: number): string {
  if (all === 0) return 'no queue on this Redis yet'
  if (worrying === 0) return all === 1 ? 'the queue is in order' : `all ${plural(all, 'queue')} are in order`
  return `${worrying} of ${plural(all, 'queue')} ${worrying === 1 ? 'needs' : 'need'} attention`
}
