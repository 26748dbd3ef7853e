import {describe, expect, it} from 'vitest'
import {renderRunList} from '../../../src/render/bench/list.ts'
import {capacity, hostile, modes, sustained} from './sample.ts'

describe('the list of runs', () => {
  it('names the next action where stored runs: none', () => {
    expect(renderRunList([], 80)).toBe('no runs yet; start with: qtool bench sustained')
  })

  it('shows when and for how long each ran, and what came of it', () => {
    expect(renderRunList([sustained, capacity], 132)).toBe(
      ` id                              scenario   started                took  label  state   verdict
 20261125-034012-sustained-4f2a  sustained  2026-11-25 03:40Z  1 m 14 s  main   ok      1,000 ops/s held for 60 s, p99 7.6 ms from …
 20261125-040010-capacity-5a11   capacity   2026-11-25 03:40Z  1 m 14 s  -      FAILED  1,849 ops/s (± 3 %, 5 runs) within p99 < 50…`,
    )
  })

  it('keeps id, state and verdict in a narrow terminal', () => {
    expect(renderRunList([modes], 80)).toBe(` id                          scenario      took  state  verdict
 20261125-035212-modes-07de  modes     1 m 14 s  ok     over a round trip of 90…
 columns hidden: started (use a wider terminal or --json)`)
  })

  it('escapes what a label holds', () => {
    expect(renderRunList([hostile], 200)).not.toContain('\u001b')
  })
})
