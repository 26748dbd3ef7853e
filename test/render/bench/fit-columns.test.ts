import {describe, expect, it} from 'vitest'
import {fitColumns} from '../../../src/render/bench/fit-columns.ts'
import type {SheetColumn} from '../../../src/render/bench/sheet.ts'
import {UNICODE} from '../../../src/render/bench/signs.ts'
import {stepSheet} from '../../../src/render/bench/step-sheet.ts'
import {all, capacity} from './sample.ts'

const columns: SheetColumn[] = [
  {title: 'step', least: 6, cells: ['a long name', 'b']},
  {title: 'p50', right: true, spare: 1, cells: ['2.4', '12.0']},
  {title: 'p99', right: true, cells: ['4.0', '33.1']},
  {title: 'max', right: true, spare: 2, cells: ['9.9', '188.0']},
]

describe('a sheet in a terminal', () => {
  it('is whole where there is room', () => {
    expect(fitColumns(columns, 34, UNICODE)).toBe(` step          p50   p99    max
 a long name   2.4   4.0    9.9
 b            12.0  33.1  188.0`)
  })

  it('clips names before it drops a column', () => {
    expect(fitColumns(columns, 28, UNICODE)).toBe(` step       p50   p99    max
 a long …   2.4   4.0    9.9
 b         12.0  33.1  188.0`)
  })

  it('drops the least needed column, says so, and gives its room to the names', () => {
    expect(fitColumns(columns, 24, UNICODE)).toBe(` step          p50   p99
 a long name   2.4   4.0
 b            12.0  33.1
 columns hidden: max
 (use a wider terminal
 or --json)`)
  })

  it('counts the columns that a letter takes, not the letters', () => {
    const wide: SheetColumn[] = [
      {title: 'step', least: 6, cells: ['東京の駅', 'b']},
      {title: 'p99', right: true, cells: ['4.0', '33.1']},
    ]
    expect(fitColumns(wide, 15, UNICODE)).toBe(` step       p99
 東京の駅   4.0
 b         33.1`)
    expect(fitColumns(wide, 14, UNICODE)).toBe(` step      p99
 東京の…   4.0
 b        33.1`)
  })

  it('keeps what must stay', () => {
    expect(fitColumns(columns, 5, UNICODE).split('\n')[0]).toBe(' step     p99')
  })

  it('has the columns that matter most at 80 columns', () => {
    const [titles] = fitColumns(stepSheet(capacity.steps), 80, UNICODE).split('\n')
    expect(titles?.trim().split(/ +/)).toEqual(
      'step achieved p50 p99 raw99 lag err% backlog/s verdict'.split(' '),
    )
  })

  it('keeps the target where the names of the steps do not tell it', () => {
    const steps = capacity.steps.map((one, i) => ({...one, name: `step ${i} of the search`}))
    const [titles] = fitColumns(stepSheet(steps), 80, UNICODE).split('\n')
    expect(titles).toMatch(/^ step +target +achieved +p99/)
  })

  it.each([80, 100, 120])('never passes %i columns', (width) => {
    const lines = all.flatMap((run) => fitColumns(stepSheet(run.steps), width, UNICODE).split('\n'))
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
  })
})
