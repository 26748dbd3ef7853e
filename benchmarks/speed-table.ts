import {type CpuSeconds, totalOf} from './cpu.ts'
import {ratios, type Summary, summarise} from './measure.ts'
import type {Figure} from './rounds.ts'

/** The figures of all rounds, by the name of the measurement. */
export type Series = Map<string, Figure[]>

/** A line of the table: qtool beside a peer. */
export interface Comparison {
  measure: string
  /** Names of the two measurements. */
  ours: string
  peer: string
  /** What the ratio must reach; absent if nothing was asked for. */
  least?: number
}

export interface Judged extends Comparison {
  /** Ours divided by the peer's, round by round. */
  ratio: Summary
}

/** Compares rates; NaN for a peer that is not installed. */
export function judge(series: Series, comparisons: Comparison[]): Judged[] {
  const rates = (name: string) => (series.get(name) ?? []).map(({rate}) => rate)
  return comparisons.map((one) => ({...one, ratio: summarise(ratios(rates(one.ours), rates(one.peer)))}))
}

/** The table of comparisons, in Markdown. */
export function comparisonTable(series: Series, judged: Judged[]): string {
  const rate = (name: string) =>
    `${whole(summarise((series.get(name) ?? []).map((one) => one.rate)).median)}/s`
  return markdown(
    ['measure', '>qtool', 'against', '>its rate', '>ratio', 'spread', '>target', ''],
    judged.map(({measure, ours, peer, ratio, least}) => [
      measure,
      rate(ours),
      peer,
      rate(peer),
      ratio.median.toFixed(2),
      spread(ratio, 2),
      least === undefined ? '-' : String(least),
      verdict(ratio.median, least),
    ]),
  )
}

function verdict(ratio: number, least: number | undefined): string {
  if (least === undefined) return ''
  return ratio >= least ? 'reached' : '**not reached**'
}

/** The table of what each measurement cost, in Markdown. */
export function costTable(series: Series): string {
  return markdown(
    ['measure', '>records/s', 'spread', '>client', '>Redis', '>Postgres', '>all', 'spread'],
    [...series].map(([name, figures]) => {
      const rate = summarise(figures.map((one) => one.rate))
      const costs = figures.flatMap(({cpu}) => (cpu ? [cpu] : []))
      const all = summarise(costs.map(totalOf))
      return [
        name,
        whole(rate.median),
        `${whole(rate.min)} to ${whole(rate.max)}`,
        ...PARTS.map((part) => seconds(summarise(costs.map((cost) => cost[part])).median)),
        seconds(all.median),
        spread(all, 2),
      ]
    }),
  )
}

const PARTS: Array<keyof CpuSeconds> = ['program', 'redis', 'postgres']

const whole = (value: number) => (Number.isNaN(value) ? 'n/a' : Math.round(value).toLocaleString('en-US'))
const seconds = (value: number) => (Number.isNaN(value) ? 'n/a' : value.toFixed(2))
const spread = ({min, max}: Summary, digits: number) => `${min.toFixed(digits)} to ${max.toFixed(digits)}`

/** @param titles those with `>` in front stand over figures */
function markdown(titles: string[], rows: string[][]): string {
  const names = titles.map((title) => title.replace('>', ''))
  const rules = titles.map((title) => (title.startsWith('>') ? '---:' : '---'))
  return [names, rules, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
