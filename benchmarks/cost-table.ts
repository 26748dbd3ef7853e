import {grid} from '../src/render/table.ts'
import {FIGURES, type RoundCost, TASKS, type Task} from './cost-round.ts'
import {ratios, summarise} from './measure.ts'

/** The rounds of each build, by its name. */
export type Costs = Map<string, RoundCost[]>

const right = 'right' as const

/** Figures of every build. */
export function costTable(costs: Costs): string {
  const rows = TASKS.flatMap((task) =>
    [...costs].flatMap(([name, rounds]) =>
      FIGURES.map((figure) => {
        const {median, min, max} = summarise(rounds.map((round) => round[task][figure]))
        return [task, name, figure, median, min, max].map((cell) =>
          typeof cell === 'number' ? show(cell) : cell,
        )
      }),
    ),
  )
  const figures = ['median', 'least', 'most'].map((title) => ({title, align: right}))
  return grid([{title: 'task'}, {title: 'build'}, {title: 'figure'}, ...figures], rows)
}

/** The first ÷ the second build, round by round. */
export function ratioOf(costs: Costs, names: [string, string], task: Task, figure: (typeof FIGURES)[number]) {
  const [ours, theirs] = names.map((name) => costs.get(name)?.map((round) => round[task][figure]))
  return summarise(ratios(ours ?? [], theirs ?? []))
}

/** The first ÷ the second build. */
export function ratioTable(costs: Costs, names: [string, string]): string {
  const rows = TASKS.flatMap((task) =>
    FIGURES.map((figure) => {
      const {median, min, max} = ratioOf(costs, names, task, figure)
      return [task, figure, median.toFixed(3), min.toFixed(3), max.toFixed(3)]
    }),
  )
  const figures = [names.join(' ÷ '), 'least', 'most'].map((title) => ({title, align: right}))
  return grid([{title: 'task'}, {title: 'figure'}, ...figures], rows)
}

function show(value: number): string {
  return value < 100 ? value.toFixed(3) : Math.round(value).toLocaleString('en-US')
}
