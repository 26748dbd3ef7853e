import type {ProcessUsage, Step, Usage} from '../../bench/shape/step.ts'
import {cells, timeCells} from './figures.ts'
import {measured, type SheetColumn} from './sheet.ts'

const MIB = 1024 * 1024
const whole = (values: Array<number | null>) => cells(values, 0, 'up')

/** CPU and memory, a row for each step that has them; null if none has. */
export function usageSheet(steps: Step[]): SheetColumn[] | null {
  const rows = steps.flatMap(({name, usage}) => (usage === null ? [] : [{name, usage}]))
  if (rows.length === 0) return null
  const loopLag = rows.map(({usage}) => usage.loopLagMs)
  return [
    {title: 'step', least: 12, cells: rows.map((row) => row.name)},
    ...(['qtool', 'redis', 'postgres'] as const).flatMap((process) => processColumns(rows, process)),
    ...measured(loopLag, {title: 'loop', long: 'loop lag ms', spare: 1}, timeCells),
  ]
}

type Process = Exclude<keyof Usage, 'loopLagMs'>
const TITLES: Record<Process, string> = {qtool: 'qtool', redis: 'Redis', postgres: 'Postgres'}

function processColumns(rows: Array<{usage: Usage}>, process: Process): SheetColumn[] {
  const of = (read: (usage: ProcessUsage) => number | null) =>
    rows.map(({usage}) => {
      const found = usage[process]
      return found === null ? null : read(found)
    })
  const title = TITLES[process]
  const memory = of((usage) => (usage.memory === null ? null : usage.memory / MIB))
  return [
    ...measured(
      of((usage) => usage.cpu),
      {title: `${title} %`, long: `${title} CPU %`},
      whole,
    ),
    ...measured(memory, {title: 'MiB', long: `${title} MiB`}, whole),
  ]
}

/** Units of the figures, and which servers reported them themselves. */
export function usageUnits(steps: Step[]): string {
  const told = (['redis', 'postgres'] as const).filter((process) =>
    steps.some(({usage}) => usage?.[process]?.source === 'server'),
  )
  const source =
    told.length > 0 ? ` (${told.map((process) => TITLES[process]).join(', ')}: self-reported)` : ''
  return `CPU in % of one core, peak memory in MiB, loop lag p99 ms${source}`
}
