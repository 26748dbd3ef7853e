import {describe, expect, it} from 'vitest'
import {Pulse} from '../../../src/bench/agents/pulse.ts'

/** Looks every 100 ms from one moment to another, in s. @returns the first second at which each agent was silent */
function watch(beatsAt: (second: number) => number[], looks: number[]): Map<number, number> {
  const pulse = new Pulse()
  const silentSince = new Map<number, number>()
  for (const second of looks) {
    for (const agent of pulse.silent(beatsAt(second), second * 1000)) {
      if (!silentSince.has(agent)) silentSince.set(agent, second)
    }
  }
  return silentSince
}

const every100Ms = (from: number, to: number) =>
  Array.from({length: (to - from) * 10}, (_, i) => from + i / 10)

const alive = (second: number) => Math.floor(second * 2)

describe('the pulse of agents', () => {
  it('finds nothing while all of them beat', () => {
    expect(watch((second) => [alive(second), alive(second)], every100Ms(0, 30))).toEqual(new Map())
  })

  it('finds the one that has stopped, 5 s after its last beat', () => {
    const found = watch((second) => [alive(second), alive(Math.min(second, 4))], every100Ms(0, 20))
    expect([...found.keys()]).toEqual([1])
    expect(found.get(1)).toBeCloseTo(9, 0)
  })

  it('finds one that never beat', () => {
    expect(watch((second) => [0, alive(second)], every100Ms(0, 10)).get(0)).toBeCloseTo(5.1, 1)
  })

  it('forgives a halt shorter than that', () => {
    const halted = (second: number) => [alive(second < 10 ? Math.min(second, 6) : second)]
    expect(watch(halted, every100Ms(0, 20))).toEqual(new Map())
  })

  it('blames nobody when it could not look itself, as while Redis stands still', () => {
    const looks = [...every100Ms(0, 5), ...every100Ms(25, 27)]
    // What the agents could not write meanwhile comes a second later
    expect(watch((second) => [alive(second < 26 ? Math.min(second, 4) : second)], looks)).toEqual(new Map())
  })
})
