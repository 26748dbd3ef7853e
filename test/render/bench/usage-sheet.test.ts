import {describe, expect, it} from 'vitest'
import {usageSheet, usageUnits} from '../../../src/render/bench/usage-sheet.ts'
import {step, usage} from './sample-parts.ts'

describe('CPU and memory', () => {
  it('are absent where nothing was measured', () => {
    expect(usageSheet([step('a', 10)])).toBeNull()
  })

  it('have a column for what some process used', () => {
    const found = {...usage(31, 9, 22), postgres: null}
    const sheet = usageSheet([step('a', 10, {usage: found})]) ?? []
    expect(sheet.map(({title, cells}) => [title, ...cells])).toEqual([
      ['step', 'a'],
      ['qtool %', '31'],
      ['MiB', '108'],
      ['Redis %', '9'],
      ['MiB', '32'],
      ['loop', '1.98'],
    ])
  })

  it('say whose word they are', () => {
    expect(usageUnits([step('a', 10, {usage: usage(31, 9, 22)})])).toContain('(Redis: self-reported)')
    expect(usageUnits([step('a', 10)])).not.toContain('self-reported')
  })
})
