import {cpus} from 'node:os'
import {grid} from '../src/render/table.ts'
import type {Bench} from './bench-servers.ts'
import {type CpuSeconds, totalOf} from './cpu.ts'
import {ratios, summarise} from './measure.ts'

/** What one run of a way to drain gave. */
export interface Figures {
  /** Records per second, the start of the process included. */
  rate: number
  /** Per million records. */
  cpu: CpuSeconds
}

const right = 'right' as const
const PARTS = ['program', 'postgres', 'redis'] as const

function lineOf(name: string, some: Figures[], usual: Figures[]): string[] {
  const rate = summarise(some.map((one) => one.rate))
  const ofRate = summarise(
    ratios(
      some.map((one) => one.rate),
      usual.map((one) => one.rate),
    ),
  )
  const ofCpu = summarise(
    ratios(
      usual.map(({cpu}) => totalOf(cpu)),
      some.map(({cpu}) => totalOf(cpu)),
    ),
  )
  return [
    name,
    Math.round(rate.median).toLocaleString('en-US'),
    ofRate.median.toFixed(2),
    `${ofRate.min.toFixed(2)} to ${ofRate.max.toFixed(2)}`,
    ...PARTS.map((part) => summarise(some.map(({cpu}) => cpu[part])).median.toFixed(2)),
    summarise(some.map(({cpu}) => totalOf(cpu))).median.toFixed(2),
    ofCpu.median.toFixed(2),
    `${ofCpu.min.toFixed(2)} to ${ofCpu.max.toFixed(2)}`,
  ]
}

/**
 * Measures ways in turns: each round begins with another one. @returns the figures of each, by its name
 */
export async function inTurns<W extends {name: string}>(
  ways: readonly W[],
  rounds: number,
  measure: (way: W) => Promise<Figures>,
): Promise<Map<string, Figures[]>> {
  const found = new Map<string, Figures[]>()
  for (let round = 0; round < rounds; round++) {
    const first = round % ways.length
    for (const way of [...ways.slice(first), ...ways.slice(0, first)]) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${way.name}\n`)
      found.set(way.name, [...(found.get(way.name) ?? []), await measure(way)])
    }
  }
  return found
}

/** Writes a table of ways, each beside the first one. @param usual what the first one is called in the titles */
export function printWays(
  {versions}: Pick<Bench, 'versions'>,
  found: Map<string, Figures[]>,
  {count, usual}: {count: number; usual: string},
): void {
  const [first = []] = found.values()
  const lines = [...found].map(([name, some]) => lineOf(name, some, first))
  const titles = [
    'rate',
    `to ${usual}`,
    'spread',
    'client',
    'Postgres',
    'Redis',
    'all',
    `${usual} to it`,
    'spread',
  ]
  const columns = [{title: 'way'}, ...titles.map((title) => ({title, align: right}))]
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`
  process.stdout.write(`${versions.join(', ')}; ${machine}; ${count} records, ${first.length} rounds\n`)
  process.stdout.write(`records a second; CPU seconds per million records\n\n${grid(columns, lines)}\n`)
}
