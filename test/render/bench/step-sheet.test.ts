import {describe, expect, it} from 'vitest'
import {stepSheet, stepUnits} from '../../../src/render/bench/step-sheet.ts'
import {latency, step} from './sample-parts.ts'

function cellsOf(title: string, steps: Parameters<typeof stepSheet>[0]): string[] | undefined {
  return stepSheet(steps).find((column) => column.title === title)?.cells
}

describe('the capacity table', () => {
  it('leaves out what no step measured, and says n/a where one did not', () => {
    const steps = [step('a', 10), step('b', 20, {lagMs: 0.5})]
    expect(stepSheet(steps).map((column) => column.title)).toEqual([
      'step',
      'achieved',
      'lag',
      'err%',
      'verdict',
    ])
    expect(cellsOf('lag', steps)).toEqual(['n/a', '0.50'])
  })

  it('shows no percentile that has too few samples', () => {
    const steps = [
      step('a', 10, {latency: latency(2, 2, null, 900)}),
      step('b', 20, {latency: latency(2, 2, null, 90_000)}),
    ]
    expect(cellsOf('p99.9', steps)?.[0]).toBe('n/a')
  })

  it('never hides an error behind 0.00', () => {
    expect(cellsOf('err%', [step('a', 10, {errors: 0.000_000_1}), step('b', 10)])).toEqual(['0.01', '0.00'])
  })

  it('rounds a growing backlog up and signs it', () => {
    const steps = [0.2, 0, -1.5, -0.2].map((backlogPerSecond) => step('a', 10, {backlogPerSecond}))
    expect(cellsOf('backlog/s', steps)).toEqual(['+1', '+0', '-1', '+0'])
  })

  it('keeps a decimal beside a target', () => {
    expect(cellsOf('achieved', [step('a', 999.98, {target: 1000})])).toEqual(['999.9'])
    expect(cellsOf('achieved', [step('a', 999.98)])).toEqual(['999'])
  })

  it('explains the columns that it has', () => {
    expect(stepUnits([step('a', 10)])).toBe('rates in ops/s')
    expect(stepUnits([step('a', 10, {latency: latency(2, 2, null)})])).not.toContain('raw99')
    expect(stepUnits([step('a', 10, {latency: latency(2, 2, 3)})])).toContain('raw99: actual send')
  })
})
