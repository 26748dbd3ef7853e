import {describe, expect, it} from 'vitest'
import {compareRuns} from '../../../src/bench/compare/compare.ts'
import type {BenchRun} from '../../../src/bench/shape/run.ts'
import {Random} from '../../../src/bench/stats/random.ts'
import {noisy} from '../noise.ts'
import {sampleEnvironment, sampleRun} from '../sample-run.ts'

let serial = 0

/** A run with an id of its own. */
function run(changes: Partial<BenchRun> = {}): BenchRun {
  serial++
  return sampleRun({id: `20261125-034012-sustained-${serial.toString(16).padStart(4, '0')}`, ...changes})
}

const withRounds = (rounds: Record<string, number[]>, changes: Partial<BenchRun> = {}) =>
  run({rounds, ...changes})

/** Twelve values close to `middle`, without ties. */
const steady = (middle: number) => Array.from({length: 12}, (_, i) => middle * (1 + (i - 5.5) / 1000))

describe('compareRuns', () => {
  it('calls a slower rate and a longer time worse', () => {
    const {state, metrics} = compareRuns(
      [withRounds({rate: steady(1000), p99: steady(10), cpu: steady(50)})],
      [withRounds({rate: steady(900), p99: steady(12), cpu: steady(50)})],
    )
    expect(state).toBe('regression')
    expect(metrics.map(({name, verdict}) => [name, verdict])).toEqual([
      ['rate', 'worse'],
      ['p99', 'worse'],
      ['cpu', 'same'],
    ])
    expect(metrics[0]).toMatchObject({
      moreIsBetter: true,
      a: {median: expect.closeTo(1000, 6), rounds: 12},
      b: {median: expect.closeTo(900, 6), rounds: 12},
      ratio: expect.closeTo(0.9, 6),
    })
    expect(metrics[0].p).toBeLessThan(0.001)
    expect(metrics[0].interval?.low).toBeCloseTo(0.9, 2)
    expect(metrics[0].interval?.high).toBeCloseTo(0.9, 2)
  })

  it('calls a faster rate and a shorter time better', () => {
    const {state, metrics} = compareRuns(
      [withRounds({rate: steady(1000), memory: steady(10)})],
      [withRounds({rate: steady(1100), memory: steady(9)})],
    )
    expect(state).toBe('ok')
    expect(metrics.map(({verdict}) => verdict)).toEqual(['better', 'better'])
  })

  it('takes a change within the tolerance for none, however sure it is', () => {
    const sides: [BenchRun[], BenchRun[]] = [
      [withRounds({rate: steady(1000), p99: steady(10)})],
      [withRounds({rate: steady(980), p99: steady(10.2)})],
    ]
    const {state, tolerance, metrics} = compareRuns(...sides)
    expect({state, tolerance}).toEqual({state: 'ok', tolerance: 0.03})
    expect(metrics.map(({verdict}) => verdict)).toEqual(['same', 'same'])
    expect(compareRuns(...sides, {tolerance: 0.01}).state).toBe('regression')
  })

  it('pools the rounds of all runs of a side', () => {
    const three = (values: number[]) => values.map((value) => withRounds({rate: [value, value + 1]}))
    const {metrics, state} = compareRuns(three([1000, 1002, 1004]), three([800, 802, 804]))
    expect(metrics).toMatchObject([{a: {rounds: 6, median: 1002.5}, b: {rounds: 6}, verdict: 'worse'}])
    expect(state).toBe('regression')
  })

  it('takes errors where there were none for worse, though there is no ratio', () => {
    const none = new Array<number>(12).fill(0)
    const some = none.map((_, i) => (i < 8 ? 0.01 + i / 1000 : 0))
    const few = none.map((_, i) => (i === 0 ? 0.01 : 0))
    const compare = (errors: number[]) => compareRuns([withRounds({errors: none})], [withRounds({errors})])
    expect(compare(some)).toMatchObject({state: 'regression', metrics: [{verdict: 'worse', ratio: null}]})
    expect(compare(few).metrics).toMatchObject([{verdict: 'same', ratio: 1}])
    expect(compare(none).metrics).toMatchObject([{verdict: 'same', ratio: 1, p: 1}])
    expect(JSON.stringify(compare(some))).not.toContain('Infinity')
  })
})

describe('too few rounds', () => {
  it.each([1, 4])('is the verdict with %i a side', (count) => {
    const cut = (middle: number) => [withRounds({rate: steady(middle).slice(0, count)})]
    expect(compareRuns(cut(1000), cut(500))).toMatchObject({
      state: 'unsure',
      metrics: [{verdict: 'too few rounds', p: null, interval: null, ratio: expect.closeTo(0.5, 2)}],
      notes: [expect.stringContaining('one run'), expect.stringContaining('at least 5 rounds on each side')],
    })
  })

  it('is not the verdict with five', () => {
    const cut = (middle: number) => [withRounds({rate: steady(middle).slice(0, 5)})]
    expect(compareRuns(cut(1000), cut(500)).state).toBe('regression')
  })

  it('is the verdict where the p value cannot become small enough for so many figures', () => {
    const names = ['p50', 'p90', 'p99', 'p999', 'max', 'lag', 'raw99']
    const side = (middle: number, count: number) => [
      withRounds(Object.fromEntries(names.map((name) => [name, steady(middle).slice(0, count)]))),
    ]
    const few = compareRuns(side(10, 5), side(20, 5))
    expect(few.state).toBe('unsure')
    expect(new Set(few.metrics.map(({verdict}) => verdict))).toEqual(new Set(['too few rounds']))
    expect(compareRuns(side(10, 6), side(20, 6)).state).toBe('regression')
  })
})

describe('what cannot be compared', () => {
  it.each<[string, Partial<BenchRun>, string]>([
    ['the scenario', {scenario: 'bombard'}, 'scenario is sustained in '],
    ['a parameter', {parameters: {rate: 2000, workers: 10}}, 'parameters.rate is 1000 in '],
    [
      'a parameter that only one has',
      {parameters: {rate: 1000, workers: 10, batch: 5}},
      'batch is not set in ',
    ],
    ['the machine', {environment: sampleEnvironment({cores: 8})}, 'environment.cores is 2 in '],
    [
      'a setting',
      {
        environment: sampleEnvironment({
          redis: {version: '7.0.15', local: true, roundTripMs: 1, settings: {appendonly: 'no'}},
        }),
      },
      'environment.redis.settings.appendonly is yes in ',
    ],
    [
      'a server',
      {environment: sampleEnvironment({postgres: null})},
      'environment.postgres.version is 16.3 in ',
    ],
  ])('is refused where %s differs, unless that is allowed', (_what, changes, message) => {
    const [a, b] = [run(), run(changes)]
    expect(() => compareRuns([a], [b])).toThrow(message)
    expect(() => compareRuns([a], [b])).toThrow(expect.objectContaining({kind: 'refused'}))
    const {differences} = compareRuns([a], [b], {allowDifferent: true})
    expect(differences[0]).toContain(message)
    expect(differences[0]).toContain(` in ${b.id}`)
  })

  it('is found among the runs of one side too', () => {
    expect(() => compareRuns([run(), run({parameters: {rate: 5}})], [run()])).toThrow('parameters.rate')
  })

  it('is not another version of qtool, another seed or another round trip', () => {
    const a = run({parameters: {seed: 1}})
    const b = run({parameters: {seed: 2}, environment: sampleEnvironment({qtool: '9.9.9'})})
    expect(compareRuns([a], [b])).toMatchObject({
      differences: [],
      a: {ids: [a.id], qtool: ['0.1.0']},
      b: {ids: [b.id], qtool: ['9.9.9']},
    })
  })

  it('is a run with itself', () => {
    const both = run()
    expect(() => compareRuns([run(), both], [both])).toThrow(`got ${both.id} on both sides`)
  })

  it.each(['invalid', 'interrupted'] as const)('is a run that is %s', (state) => {
    const [valid, not] = [run({label: 'main'}), run({state})]
    expect(() => compareRuns([valid], [not])).toThrow(`no valid run to compare as B: ${not.id} is ${state}`)
    expect(() => compareRuns([not], [valid])).toThrow(expect.objectContaining({kind: 'measurement'}))
    const {a, notes} = compareRuns([valid, not], [run({state: 'failed'})])
    expect(a).toMatchObject({ids: [valid.id], labels: ['main']})
    expect(notes[0]).toContain(`${not.id} ignored: it is `)
  })

  it('is no run at all', () => {
    expect(() => compareRuns([run()], [])).toThrow('no valid run to compare as B: there is none')
  })

  it('is a figure that one side lacks, that is negative, or of which nothing is known', () => {
    const {metrics, notes} = compareRuns(
      [withRounds({rate: steady(1), p50: steady(1), backlog: steady(-1), weather: steady(1)})],
      [withRounds({rate: steady(1), p99: steady(1), backlog: steady(1), weather: steady(2)})],
    )
    expect(metrics.map(({name}) => name)).toEqual(['rate'])
    expect(notes.slice(1).map((note) => note.split(' ')[0])).toEqual(['p50', 'backlog', 'weather', 'p99'])
    expect(notes.at(3)).toContain('unknown whether higher or lower')
  })
})

describe('unsure', () => {
  it('is the state where the rates and times are too noisy to show anything', () => {
    const random = new Random(4)
    const wild = () => [withRounds({rate: noisy(random, 1000, 0.6, 12), memory: steady(100)})]
    const {state, notes} = compareRuns(wild(), wild())
    expect(state).toBe('unsure')
    expect(notes.at(-1)).toContain('rate is too noisy')
  })

  it('is not the state where one of them tells', () => {
    const random = new Random(4)
    const side = () => [withRounds({rate: steady(1000), p99: noisy(random, 10, 0.6, 12)})]
    const {state, notes} = compareRuns(side(), side())
    expect(state).toBe('ok')
    expect(notes.at(-1)).toContain('p99 is too noisy')
  })
})

/** Twelve rounds of a rate and two times with a noise of 5 to 8 %, half of whose variance they share. */
function simulate(random: Random, slowdown: number, names: string[]): BenchRun {
  const shared = noisy(random, 1, 0.065 * Math.SQRT1_2, 12)
  const rounds = names.map((name): [string, number[]] => {
    const variation = (0.05 + 0.03 * random.next()) * Math.SQRT1_2
    const factors = noisy(random, 1, variation, 12).map((own, i) => own * shared[i] * slowdown)
    return [name, factors.map((factor) => (name === 'rate' ? 1000 / factor : 8 * factor))]
  })
  return withRounds(Object.fromEntries(rounds))
}

/** Share of 200 comparisons that find a regression. */
function countRegressions(seed: number, slowdown: number, names: string[]): number {
  const random = new Random(seed)
  const states = Array.from({length: 200}, () => {
    const [a, b] = [simulate(random, 1, names), simulate(random, slowdown, names)]
    return compareRuns([a], [b]).state
  })
  return states.filter((state) => state === 'regression').length / states.length
}

describe('in 200 simulated comparisons of 12 rounds a side with a noise of 5 to 8 %', {
  timeout: 120_000,
}, () => {
  const names = ['rate', 'p50', 'p99']

  it('a regression that is not there is found in fewer than 5 %', () => {
    expect(countRegressions(1, 1, names)).toBeLessThanOrEqual(0.05)
  })

  it('a slowdown by 10 % is found in more than 90 %', () => {
    expect(countRegressions(2, 1.1, names)).toBeGreaterThanOrEqual(0.9)
  })
})
