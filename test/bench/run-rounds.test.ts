import {describe, expect, it} from 'vitest'
import type {Findings} from '../../src/bench/findings.ts'
import {runRounds} from '../../src/bench/run-rounds.ts'
import {parseThreshold} from '../../src/threshold/threshold.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

/** A round with this rate, p99 and documented time. */
function round(rate: number, p99: number, seconds: number | null, more: Partial<Findings> = {}): Findings {
  return {
    verdict: `this round: ${rate}`,
    checks: [{name: 'lost', ok: true, text: 'lost 0'}],
    parameters: {},
    steps: [],
    comparisons: [{measure: 'all', documented: 13, measured: seconds, unit: 's', moreIsBetter: false}],
    limit: null,
    ledger: null,
    fit: null,
    notes: [],
    metrics: {rate, p99},
    ...more,
  }
}

function run(rounds: Findings[], failIf: string[] = [], signal = new AbortController().signal) {
  const thresholds = failIf.map((text) => parseThreshold(text, ['rate', 'p99', 'p999']))
  const options = {scenario: 'bombard' as const, label: null, rounds: rounds.length, thresholds, signal}
  return runRounds({...options, onStep: () => {}}, (_id, use) =>
    use({observer: context.redis, run: async (number) => rounds[number - 1]}),
  )
}

const THREE = [round(100, 9, 3), round(300, 2, 1), round(50, 4, 2)]

describe('the verdict over several rounds', () => {
  it('names the medians and between which values they lie, not the last round', async () => {
    const found = await run(THREE)
    expect(found.verdict).toBe('median of 3 rounds: rate 100/s (50 to 300), p99 4 ms (2 to 9)')
    expect(found.metrics).toEqual({rate: 100, p99: 4})
    expect(found.rounds).toEqual({rate: [100, 300, 50], p99: [9, 2, 4]})
    expect(found.comparisons).toMatchObject([{documented: 13, measured: 2}])
    expect(found.notes).toEqual([expect.stringContaining('medians of 3 rounds')])
  })

  it('is that of the round where there is only one', async () => {
    const found = await run([round(50, 4, 2)])
    expect(found).toMatchObject({verdict: 'this round: 50', notes: [], metrics: {rate: 50}})
  })

  it.each([
    // The last round alone would have failed, the first alone would have passed
    [['rate<60'], 'ok'],
    [['rate<101'], 'failed'],
    [['p99>4ms'], 'ok'],
    [['p99>3ms'], 'failed'],
  ])('judges --fail-if %j by the medians: %s', async (failIf, state) => {
    expect((await run(THREE, failIf)).state).toBe(state)
  })

  it('leaves a figure out that one round did not measure, and cannot judge it', async () => {
    const found = await run(
      [round(1, 1, 1, {metrics: {rate: 1, p999: 5}}), round(1, 1, null, {metrics: {rate: 3}})],
      ['p999>1s'],
    )
    expect(found.metrics).toEqual({rate: 2})
    expect(found.comparisons[0].measured).toBeNull()
    expect(found.state).toBe('invalid')
    expect(found.verdict).toBe('p999 was not measured')
  })

  it('fails where a check failed in any round', async () => {
    const lost = {checks: [{name: 'lost', ok: false, text: 'lost 1'}]}
    const found = await run([round(1, 1, 1), round(1, 1, 1, lost), round(1, 1, 1)])
    expect(found).toMatchObject({state: 'failed', checks: [{name: 'lost', ok: false, text: 'lost 1'}]})
  })

  it('is invalid where any round was', async () => {
    const found = await run([round(1, 1, 1, {invalid: 'the generator was late'}), round(1, 1, 1)])
    expect(found).toMatchObject({state: 'invalid', verdict: 'the generator was late'})
  })
})
