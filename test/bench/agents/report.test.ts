import {describe, expect, it} from 'vitest'
import {mergeHistograms, packHistograms} from '../../../src/bench/agents/report.ts'
import {LatencyHistogram, latencyOf} from '../../../src/bench/measure/histogram.ts'
import {seeded} from '../measure/seeded.ts'

type Sample = {ms: number; isOpen: boolean}

/** Latencies over six orders of magnitude, some of which had no end. */
function samples(count: number): Sample[] {
  const random = seeded(5)
  return Array.from({length: count}, () => ({ms: 10 ** (random() * 6 - 2), isOpen: random() < 0.002}))
}

function histogramOf(all: Sample[]): LatencyHistogram {
  const histogram = new LatencyHistogram()
  for (const {ms, isOpen} of all) isOpen ? histogram.recordAtLeast(ms) : histogram.record(ms)
  return histogram
}

/** What an agent sends, after its way through Redis. */
function sent(histogram: LatencyHistogram) {
  const empty = new LatencyHistogram()
  const rest = {lag: empty, late: empty, replies: empty, rawReplies: empty}
  return JSON.parse(
    JSON.stringify({histograms: packHistograms({corrected: histogram, raw: histogram, ...rest})}),
  )
}

describe('the histograms of several agents', () => {
  it('add up to exactly that of all samples', () => {
    const all = samples(30_000)
    const whole = histogramOf(all)
    const parts = [0, 1, 2].map((part) => histogramOf(all.filter((_, i) => i % 3 === part)))
    const {corrected, raw} = mergeHistograms(parts.map(sent))
    expect(corrected.pack()).toEqual(whole.pack())
    expect(latencyOf(corrected, raw)).toEqual(latencyOf(whole, whole))
    expect(corrected.spectrum()).toEqual(whole.spectrum())
    expect([corrected.count, corrected.max]).toEqual([30_000, whole.max])
    // Percentiles of parts cannot be averaged: these parts differ from the whole
    expect(parts[0].pack()).not.toEqual(whole.pack())
  })

  it('keep which waits had no end, and how many samples there were, when one of them is empty', () => {
    const {corrected} = mergeHistograms([
      sent(new LatencyHistogram()),
      sent(histogramOf([{ms: 7, isOpen: true}])),
    ])
    expect([corrected.count, corrected.isAtLeast(7), corrected.isAtLeast(6)]).toEqual([1, true, false])
  })

  it('are empty if no agent has any', () => {
    expect(mergeHistograms([]).corrected.count).toBe(0)
  })
})
