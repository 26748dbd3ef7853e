import {fitScalability} from '../src/bench/stats/usl.ts'
import {rateAt} from '../src/bench/stats/usl-curve.ts'
import {summarise} from './measure.ts'

export const TASKS = ['enqueue', 'drain'] as const
export type Task = (typeof TASKS)[number]

/** CPU seconds per million records, of qtool, of all nodes and of the busiest, and records a second. */
export interface Cost {
  qtool: number
  all: number
  busiest: number
  rate: number
}
export type Costs = Record<Task, Cost[]>

export function table(costs: Map<string, Costs>): string {
  const line = (cells: string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(12) : cell.padStart(14))).join('')
  const lines = [...costs].flatMap(([name, tasks]) =>
    TASKS.map((task) => {
      const {qtool, all, busiest, rate} = medians(tasks[task])
      return line([
        name,
        task,
        qtool.toFixed(2),
        all.toFixed(2),
        busiest.toFixed(2),
        Math.round(rate).toLocaleString('en'),
      ])
    }),
  )
  return [line(['', 'task', 'qtool', 'Redis', 'busiest node', 'records/s']), ...lines].join('\n')
}

function medians(costs: Cost[]): Cost {
  const median = (name: keyof Cost) => summarise(costs.map((cost) => cost[name])).median
  return {qtool: median('qtool'), all: median('all'), busiest: median('busiest'), rate: median('rate')}
}

/** What the nodes could carry if each had a core of its own, records a second in and out. */
function carried({enqueue, drain}: Costs, i: number): number {
  return 1e6 / (enqueue[i].busiest + drain[i].busiest)
}

/** What the nodes could carry, and what a curve says of more of them. @param nodeCounts of the clusters that were measured */
export function model(costs: Map<string, Costs>, nodeCounts: readonly number[]): string {
  const points = nodeCounts.flatMap((nodes) => {
    const own = costs.get(`${nodes} nodes`)
    return own ? own.enqueue.map((_, i): [number, number] => [nodes, carried(own, i)]) : []
  })
  const largest = Math.max(...nodeCounts)
  const known = fitScalability(points.filter(([nodes]) => nodes < largest))
  const whole = fitScalability(points)
  const curveOf = ({lambda, sigma, kappa}: typeof whole) =>
    lambda === null || sigma === null || kappa === null ? undefined : {lambda, sigma, kappa}
  const seen = summarise(points.filter(([nodes]) => nodes === largest).map(([, rate]) => rate)).median
  const [before, after] = [curveOf(known), curveOf(whole)]
  const said = (rate: number) => `${Math.round(rate / 1000).toLocaleString('en')}k records/s`
  const lines = nodeCounts.map((nodes) => {
    const own = points.filter(([n]) => n === nodes).map(([, rate]) => rate)
    return `${nodes} nodes could carry ${said(summarise(own).median)}, if each had a core of its own`
  })
  if (before)
    lines.push(
      `a curve through fewer nodes says ${said(rateAt(before, largest))} for ${largest}: measured ${said(seen)}`,
    )
  if (after) {
    const {lambda, sigma, kappa} = after
    lines.push(
      `through all: ${said(lambda)} a node, contention ${sigma.toFixed(3)}, coherency ${kappa.toFixed(5)}`,
    )
    lines.push(`16 nodes would carry ${said(rateAt(after, 16))}, as far as Redis is the limit`)
  }
  return lines.join('\n')
}
