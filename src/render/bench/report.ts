import type {Environment} from '../../bench/shape/environment.ts'
import type {Comparison} from '../../bench/shape/findings.ts'
import type {BenchRun} from '../../bench/shape/run.ts'
import {bytes, count} from '../format.ts'
import {shortFigure} from './figures.ts'
import {versions} from './statements.ts'

/** Title of reports in every format. */
export const REPORT_TITLE = 'qtool bench report'

/** The day or days of the runs, and their number. */
export function reportSpan(runs: BenchRun[]): string {
  const days = runs.map((run) => run.startedAt.slice(0, 10)).sort()
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined) return 'no runs'
  const when = first === last ? first : `${first} to ${last}`
  return `${count(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}, ${when}`
}

/** The comparisons of all runs, one after the other. */
export function allComparisons(runs: BenchRun[]): Comparison[] {
  return runs.flatMap((run) => run.comparisons)
}

/** Each environment once: figures from different ones cannot be compared. */
export function environments(runs: BenchRun[]): Environment[] {
  return [...new Map(runs.map(({environment}) => [environment.fingerprint, environment])).values()]
}

/** Names and values of one environment. */
export function environmentPairs(environment: Environment): Array<[string, string]> {
  const {cpu, cores, memory, system, qtool, fingerprint} = environment
  return [
    ['machine', `${cpu}, ${count(cores)} ${cores === 1 ? 'core' : 'cores'}, ${bytes(memory)}`],
    ['system', system],
    ['versions', [`qtool ${qtool}`, ...versions(environment)].join(', ')],
    ...serverPairs('Redis', environment.redis),
    ...serverPairs('Postgres', environment.postgres),
    ['fingerprint', fingerprint],
  ]
}

function serverPairs(name: string, server: Environment['redis']): Array<[string, string]> {
  if (server === null) return []
  const settings = Object.entries(server.settings).map(([key, value]) => `${key} ${value}`)
  const place = server.local ? 'on this machine' : 'on another machine'
  const trip = `round trip ${shortFigure(server.roundTripMs, 'up')} ms`
  return [[name, [place, trip, ...settings].join(', ')]]
}
