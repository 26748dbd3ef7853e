import {describe, expect, it} from 'vitest'
import {
  checkThresholds,
  parseSlo as parseSloOf,
  parseThreshold as parseThresholdOf,
  unjudged,
} from '../../src/threshold/threshold.ts'

const KNOWN = ['rate', 'p50', 'p99', 'p999', 'errors', 'lost', 'cpu', 'memory', 'recovery']
const parseSlo = (text: string, known = KNOWN) => parseSloOf(text, known)
const parseThreshold = (text: string) => parseThresholdOf(text, KNOWN)

describe('parseSlo', () => {
  it.each([
    ['p99<50ms', 'p99', '<', 50],
    ['p99 <= 1.5s', 'p99', '<=', 1500],
    ['p50<200us', 'p50', '<', 0.2],
    ['p999<50', 'p999', '<', 50],
    ['rate>1000/s', 'rate', '>', 1000],
    ['rate>=2.5k/s', 'rate', '>=', 2500],
    ['rate>1m', 'rate', '>', 1e6],
    ['errors<=0.1%', 'errors', '<=', 0.001],
    ['errors<=0.01', 'errors', '<=', 0.01],
    ['lost<=0', 'lost', '<=', 0],
    ['cpu<80%', 'cpu', '<', 80],
    ['memory<200MB', 'memory', '<', 200e6],
    ['memory<1.5GiB', 'memory', '<', 1.5 * 2 ** 30],
    ['recovery<10S', 'recovery', '<', 10_000],
  ])('reads %j', (text, metric, operator, limit) => {
    const slo = parseSlo(text)
    expect(slo).toMatchObject({metric, operator})
    expect(slo.limit).toBeCloseTo(limit, 9)
  })

  it.each(['', 'p99', 'p99<', '<50ms', 'p99=50ms', 'p99<-5ms', 'p99<.5', 'p99=<5'])('refuses %j', (text) => {
    expect(() => parseSlo(text)).toThrow('expected --slo to be a figure, <, <=, > or >=, and a number')
  })

  it.each([
    ['p99<50MB', 'expected p99 of --slo in us, ms, s, got "MB"'],
    ['p99<50m', 'expected p99 of --slo in us, ms, s, got "m"'],
    ['p99<1e3ms', 'expected p99 of --slo in us, ms, s, got "e3ms"'],
    ['p99<50ms<60ms', 'expected p99 of --slo in us, ms, s, got "ms<60ms"'],
    ['rate>5%', 'expected rate of --slo in /s, k, k/s, m, m/s, got "%"'],
    ['memory<2mm', 'expected memory of --slo in b, kb, mb, gb, kib, mib, gib, got "mm"'],
    ['memory<2constructor', 'expected memory of --slo in'],
    ['errors<=2', 'expected errors from 0% to 100%, got "2"'],
    ['errors<=101%', 'expected errors from 0% to 100%, got "101%"'],
  ])('refuses the number of %j', (text, message) => {
    expect(() => parseSlo(text)).toThrow(message)
  })

  it('names the nearest figure, and all that there are', () => {
    const refusal = (text: string, known: string[]) => {
      try {
        parseSlo(text, known)
      } catch (error) {
        return error
      }
    }
    expect(refusal('p98<50ms', ['rate', 'p99'])).toMatchObject({
      kind: 'usage',
      message: '--slo: there is no figure "p98" here',
      suggestions: ['did you mean p99?', 'figures: rate, p99'],
    })
    expect(refusal('p99<50ms', ['rate', 'lost'])).toMatchObject({kind: 'usage'})
  })

  it('takes figures that only the scenario knows', () => {
    expect(parseSlo('rows>=10k', ['rows'])).toMatchObject({metric: 'rows', limit: 10_000})
  })

  it.each(['p99>50ms', 'rate<1000', 'errors>=1%'])('refuses %j, which asks for the worse', (text) => {
    expect(() => parseSlo(text)).toThrow('expected --slo to require')
    expect(parseThreshold(text)).toBeDefined()
  })
})

describe('parseThreshold', () => {
  it.each([
    ['p99>50ms', '<='],
    ['p99>=50ms', '<'],
    ['rate<1000', '>='],
    ['rate<=1000', '>'],
  ])('turns %j, which must not be, into what must be', (text, operator) => {
    expect(parseThreshold(text).operator).toBe(operator)
  })

  it.each(['p99<50ms', 'rate>1000'])('refuses %j, which would fail what is good', (text) => {
    expect(() => parseThreshold(text)).toThrow('expected --fail-if to require')
    expect(parseSlo(text)).toBeDefined()
  })
})

describe('checkThresholds', () => {
  const check = (text: string, value: number, name = /^\w+/.exec(text)?.[0] ?? '') =>
    checkThresholds({[name]: value}, [parseSlo(text)])[0]

  it.each([
    ['p99<50ms', 41, 'p99 41 < 50 ms'],
    ['p99<50ms', 41.04, 'p99 41.0 < 50 ms'],
    ['p99<2s', 1234, 'p99 1.23 < 2 s'],
    ['p50<200us', 0.15, 'p50 150 < 200 us'],
    ['rate>=1.8k', 1850.4, 'rate 1,850 >= 1,800 /s'],
    ['errors<=0.5%', 0.0012, 'errors 0.120 <= 0.5 %'],
    ['lost<=0', 0, 'lost 0 <= 0'],
    ['memory<200MiB', 150 * 2 ** 20, 'memory 150 < 200 MiB'],
  ])('holds %j at %d', (text, value, sentence) => {
    expect(check(text, value)).toEqual({name: text.match(/^\w+/)?.[0], ok: true, text: sentence})
  })

  it.each([
    ['p99<50ms', 61.24, 'p99 61.2 >= 50 ms'],
    ['p99<50ms', 50, 'p99 50 >= 50 ms'],
    ['rate>=1.8k', 1799.6, 'rate 1,799.6 < 1,800 /s'],
    ['errors<=0.1%', 0.001_000_4, 'errors 0.10004 > 0.1 %'],
  ])('does not hold %j at %d', (text, value, sentence) => {
    expect(check(text, value)).toMatchObject({ok: false, text: sentence})
  })

  it('says of a failed --fail-if what is', () => {
    const thresholds = [parseThreshold('p99>50ms'), parseThreshold('rate<900')]
    expect(checkThresholds({p99: 61.24, rate: 1000}, thresholds)).toEqual([
      {name: 'p99', ok: false, text: 'p99 61.2 > 50 ms'},
      {name: 'rate', ok: true, text: 'rate 1,000 >= 900 /s'},
    ])
  })

  it.each<Record<string, number>>([{}, {p99: Number.NaN}])(
    'does not hold where it was not measured: %j',
    (metrics) => {
      expect(checkThresholds(metrics, [parseSlo('p99<50ms')])).toEqual([
        {name: 'p99', ok: false, text: 'p99 was not measured, expected < 50 ms'},
      ])
    },
  )

  it('never rounds to a sentence that is wrong', () => {
    for (let i = 1; i < 2000; i++) {
      const {ok, text} = check('p99<50ms', 49 + i / 1000)
      const [, value, relation] = /p99 ([\d.]+) (\S+) 50 ms/.exec(text) ?? []
      expect(relation).toBe(ok ? '<' : '>=')
      expect(Number(value) < 50).toBe(ok)
    }
  })
})

describe('what nobody can judge', () => {
  it('is a figure that was not measured', () => {
    expect(unjudged({rate: 10}, [parseSlo('p999<10s')], [])).toEqual(['p999 was not measured'])
    expect(unjudged({p999: 96}, [parseSlo('p999<10s')], [])).toEqual([])
  })

  it('is one that holds only as far as it is known', () => {
    const open = unjudged({p99: 2000}, [parseSlo('p99<10s')], ['p99'])
    expect(open).toEqual(['p99 is only known to be at least 2,000'])
    // A lower bound above the limit already exceeds it
    expect(unjudged({p99: 12_000}, [parseSlo('p99<10s')], ['p99'])).toEqual([])
  })
})
