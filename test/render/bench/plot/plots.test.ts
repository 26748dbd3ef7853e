import {describe, expect, it} from 'vitest'
import {documentedPlot} from '../../../../src/render/bench/plot/documented.ts'
import {latencyPlot} from '../../../../src/render/bench/plot/latency.ts'
import {loadPlot} from '../../../../src/render/bench/plot/load.ts'
import {stepsPlot} from '../../../../src/render/bench/plot/steps.ts'
import {sweepPlot} from '../../../../src/render/bench/plot/sweep.ts'
import {throughputPlot} from '../../../../src/render/bench/plot/throughput.ts'
import {capacity, connections, modes, sustained, workers} from '../sample.ts'
import {latency, step} from '../sample-parts.ts'

/** How often a pattern occurs outside the legend. */
function times(drawing: {toString(): string} | null, pattern: RegExp): number {
  const drawn = String(drawing).replace(/<svg class="swatch".*?<\/svg>/g, '')
  return drawn.match(new RegExp(pattern, 'g'))?.length ?? 0
}

describe('throughput over time', () => {
  it('has a line for each step and one for its target', () => {
    const drawing = throughputPlot('p', capacity.steps)
    expect(times(drawing, /class="line s1" d="M[^"]*L/)).toBe(5)
    expect(times(drawing, /class="line target" d="M\d/)).toBe(5)
    expect(String(drawing)).toContain('text-anchor="middle">2,000 ops/s</text>')
  })

  it('numbers steps as in the table where their names have no room, also past steps without seconds', () => {
    const seconds = [5, 6, 7, 8]
    const steps = [
      step('a'.repeat(40), 5),
      step('b'.repeat(40), 5, {throughput: seconds}),
      step('c', 6, {throughput: seconds}),
    ]
    const drawing = String(throughputPlot('p', steps))
    expect(drawing).toContain('text-anchor="middle">2</text>')
    expect(drawing).toContain('text-anchor="middle">3</text>')
    expect(drawing).toContain('Step numbers are those of the table')
  })

  it('is logarithmic where rates differ much, but never where a second was empty', () => {
    expect(String(throughputPlot('p', modes.steps))).toContain('ops/s, log scale')
    const stopped = step('a', 500, {throughput: [1000, 1000, 0, 1]})
    expect(String(throughputPlot('p', [stopped]))).not.toContain('log scale')
  })

  it('leaves out a step of which there is no more than its first and last second', () => {
    const steps = [step('a', 50_000, {throughput: [20_000, 3000]}), step('b', 5, {throughput: [5, 6, 7]})]
    expect(times(throughputPlot('p', steps), /class="line s1"/)).toBe(1)
    expect(throughputPlot('p', steps.slice(0, 1))).toBeNull()
  })

  it('is none without seconds', () => {
    expect(throughputPlot('p', connections.steps)).toBeNull()
  })
})

describe('latency by percentile', () => {
  it('has a line for each step and a diamond for each raw99', () => {
    const drawing = latencyPlot('p', capacity.steps)
    expect(
      times(drawing, /<path class="line s\d" d="M\d+(\.\d+)? \d+(\.\d+)?L\d+(\.\d+)? \d+(\.\d+)?L/),
    ).toBe(5)
    expect(times(drawing, /class="diamond s\d"/)).toBe(5)
    expect(String(drawing)).toContain('raw99 9.7 ms')
  })

  it('draws no more lines than can be told apart, and says so', () => {
    const drawing = String(latencyPlot('p', workers.steps))
    expect(drawing).toContain('6 of 8 steps are drawn')
    expect(drawing).toContain('32 workers × 500')
    expect(drawing).not.toContain('class="diamond')
  })

  it('ends where fewer than ten samples are left', () => {
    const spectrum: Array<[number, number]> = [
      [0, 1],
      [50, 2],
      [90, 3],
      [99, 4],
      [99.9, 5],
      [100, 9],
    ]
    const ticks = (samples: number) =>
      [
        ...String(
          latencyPlot('p', [step('a', 1, {spectrum, latency: latency(2, 2, null, samples)})]),
        ).matchAll(/>([\d.]+ %)</g),
      ].map(([, tick]) => tick)
    expect(ticks(100)).toEqual(['50 %', '90 %'])
    expect(ticks(10_000)).toEqual(['50 %', '90 %', '99 %', '99.9 %'])
  })
})

describe('latency by rate', () => {
  it('has p50, p99 and raw99 of each rate', () => {
    expect(times(loadPlot('p', capacity.steps), /<circle class="dot s\d"/)).toBe(15)
  })

  it('needs three rates that were asked for', () => {
    expect(loadPlot('p', capacity.steps.slice(0, 2))).toBeNull()
    expect(loadPlot('p', workers.steps)).toBeNull()
  })
})

describe('throughput by step', () => {
  it('has a point and a spread for each', () => {
    const drawing = stepsPlot('p', modes.steps)
    expect(times(drawing, /<circle class="dot s1"[^>]* r="4"/)).toBe(6)
    expect(times(drawing, /class="line spread" d="M\d+(\.\d+)? \d+H/)).toBe(6)
  })

  it('is none where every step had a rate to keep to', () => {
    expect(stepsPlot('p', capacity.steps)).toBeNull()
  })

  it('needs two steps', () => {
    expect(stepsPlot('p', sustained.steps)).toBeNull()
  })
})

describe('throughput by workers', () => {
  const fit = workers.fit ?? expect.fail('the sample has a fit')

  it('has the points, the curve, and where it turns', () => {
    const drawing = sweepPlot('p', fit)
    expect(times(drawing, /<circle class="dot s1"/)).toBe(8)
    expect(String(drawing)).toContain('peak at 16.9</text>')
    expect(String(drawing)).toContain('Error of the fit: 2.2 %')
  })

  it('draws no curve where nothing was fitted, and no turn beyond what was measured', () => {
    const bare = String(sweepPlot('p', {...fit, state: 'too few points'}))
    expect(bare).not.toContain('class="line')
    expect(bare).toContain('Too few points')
    expect(String(sweepPlot('p', {...fit, peakAt: 400}))).not.toContain('class="mark"')
  })
})

describe('measured against documented', () => {
  it('has a bar for each measure, which says whether it is better', () => {
    const drawing = documentedPlot('p', sustained.comparisons)
    expect(times(drawing, /class="bar worse"/)).toBe(2)
    expect(times(drawing, /class="bar better"/)).toBe(1)
  })

  it('has no bar for what was not measured, and is none without any', () => {
    const [, , failover] = connections.comparisons
    expect(String(documentedPlot('p', connections.comparisons))).toContain('text-anchor="end">n/a</text>')
    expect(documentedPlot('p', failover ? [failover] : [])).toBeNull()
  })
})
