import {describe, expect, it} from 'vitest'
import {LatencyHistogram} from '../../../src/bench/measure/histogram.ts'
import {doubtsOf, judgeGenerator} from '../../../src/bench/measure/validity.ts'

/** 100,000 samples of `common` ms, except for a share `rare` of `peak` ms. */
function samples(common: number, peak = common, rare = 0): LatencyHistogram {
  const histogram = new LatencyHistogram()
  for (let i = 0; i < 100_000; i++) histogram.record(i < 100_000 * rare ? peak : common)
  return histogram
}

const calm = {cpu: 20, busy: 0.2}

/** An ideal timing, except for what is given. */
function timing(changed: {corrected?: LatencyHistogram; lag?: LatencyHistogram; late?: LatencyHistogram}) {
  return {corrected: samples(2), lag: samples(1), late: samples(1), ...changed}
}

describe('a generator is valid', () => {
  it('with the grain of its timers', () => {
    expect(judgeGenerator(timing({}), calm)).toEqual({state: 'valid'})
  })

  it('while a slow server takes all slots, however long operations wait for them', () => {
    const slow = timing({corrected: samples(5000), lag: samples(4000)})
    expect(judgeGenerator(slow, calm)).toEqual({state: 'valid'})
  })

  it('where it is a little late beside a latency that is ten times as long', () => {
    const late = samples(1, 90, 0.02)
    expect(judgeGenerator(timing({late, corrected: samples(1000)}), calm)).toEqual({state: 'valid'})
  })

  it('at the end of its core, as long as it is in time', () => {
    expect(judgeGenerator(timing({}), {cpu: 99, busy: 0.99})).toEqual({state: 'valid'})
  })
})

describe('a generator is invalid', () => {
  it.each([
    ['now and then', samples(1, 90, 0.02), 'p99'],
    ['often', samples(1, 90, 0.2), 'p90'],
    ['always', samples(90), 'p50'],
  ])('that is late %s', (_title, late, at) => {
    const validity = judgeGenerator(timing({late, corrected: samples(100)}), calm)
    expect(validity).toEqual({
      state: 'invalid',
      why: expect.stringMatching(new RegExp(`^the generator was 90\\.\\d ms late \\(${at}\\)`)),
    })
  })

  it('that never waits for the server, although operations wait for slots', () => {
    const overloaded = timing({corrected: samples(3500), lag: samples(3400), late: samples(50)})
    expect(judgeGenerator(overloaded, {cpu: 97, busy: 1})).toEqual({
      state: 'invalid',
      why: 'operations waited for the generator, not for the server: its event loop was busy 100 % of the time at 97 % of a core, which is its maximum',
    })
  })

  it('and says where it was not its own CPU', () => {
    const validity = judgeGenerator(timing({late: samples(90)}), {cpu: 30, busy: 0.5})
    expect(validity).toMatchObject({
      why: expect.stringContaining('other work in this process or on this machine'),
    })
  })

  it('that measured nothing', () => {
    const none = new LatencyHistogram()
    expect(judgeGenerator({corrected: none, lag: none, late: none}, calm)).toMatchObject({state: 'invalid'})
  })
})

it('doubts the rarest latencies alone where only they may be the generator’s', () => {
  const late = samples(1, 90, 0.002)
  expect(judgeGenerator(timing({late}), calm)).toEqual({state: 'valid'})
  expect(doubtsOf(timing({late}))).toEqual([expect.stringContaining('p99.9')])
  expect(doubtsOf(timing({late, corrected: samples(2, 5000, 0.01)}))).toEqual([])
  expect(doubtsOf(timing({}))).toEqual([])
})
