import type {Sample} from '../../monitor/observation.ts'
import {count, duration} from '../format.ts'
import {lineOf, padded} from './line.ts'
import type {Section} from './section.ts'
import {sparkline} from './spark.ts'
import type {Place} from './view.ts'

const LABEL = 11
const MOST = 10

/** How the queue was in the last minutes: one line each, with its largest value. */
export function charts(history: readonly Sample[], {width, style, signs}: Place): Section {
  const spanMs = history.length > 1 ? history[history.length - 1].atMs - history[0].atMs : 0
  const line = (label: string, of: (sample: Sample) => number | null, unit: string) => {
    const values = history.map(of)
    const most = Math.max(0, ...values.map((value) => value ?? 0))
    const bars = sparkline(values, Math.max(1, width - LABEL - MOST), signs)
    return lineOf(
      [padded(`  ${label}`, LABEL), bars, padded(`${count(most)}${unit}`, MOST, true)],
      width,
      style,
    )
  }
  const lines = [
    lineOf(
      [{text: padded(`  last ${duration(spanMs)}`, width - MOST) + padded('most', MOST, true), as: 'faint'}],
      width,
      style,
    ),
    line('backlog', ({ready, leased}) => ready + leased, ''),
    line('in', (sample) => sample.in, '/s'),
    line('out', (sample) => sample.out, '/s'),
    line('dead', ({deadLetters}) => deadLetters, ''),
  ]
  return {least: 2, wanted: lines.length, lines: (height) => lines.slice(0, height)}
}
