import type {BenchRun} from '../../bench/shape/run.ts'
import {duration} from '../format.ts'
import {fitColumns} from './fit-columns.ts'
import {type Signs, UNICODE} from './signs.ts'
import {STATE_WORDS} from './statements.ts'

/** What the list needs of a run. */
export type ListedRun = Pick<
  BenchRun,
  'id' | 'scenario' | 'label' | 'startedAt' | 'seconds' | 'state' | 'verdict'
>

/** The stored runs, in the order given. */
export function renderRunList(runs: ListedRun[], width: number, signs: Signs = UNICODE): string {
  if (runs.length === 0) return 'no runs yet; start with: qtool bench sustained'
  const labels = runs.some((run) => run.label !== null)
  return fitColumns(
    [
      {title: 'id', cells: runs.map((run) => run.id)},
      // Scenario and start can be dropped first: both are in the id.
      {title: 'scenario', spare: 2, cells: runs.map((run) => run.scenario)},
      {title: 'started', spare: 3, cells: runs.map((run) => minute(run.startedAt))},
      {title: 'took', right: true, spare: 1, cells: runs.map((run) => duration(run.seconds * 1000))},
      ...(labels ? [{title: 'label', least: 8, cells: runs.map((run) => run.label ?? '-')}] : []),
      {title: 'state', cells: runs.map((run) => STATE_WORDS[run.state])},
      {title: 'verdict', least: 24, cells: runs.map((run) => run.verdict)},
    ],
    width,
    signs,
  )
}

/** 2026-11-25 03:40Z */
function minute(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')}Z`
}
