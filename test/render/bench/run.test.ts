import stringWidth from 'string-width'
import {describe, expect, it} from 'vitest'
import {renderRuns} from '../../../src/render/bench/all.ts'
import {renderRun} from '../../../src/render/bench/run.ts'
import {ASCII} from '../../../src/render/bench/signs.ts'
import {all, capacity, hostile, modes, sustained, workers} from './sample.ts'
import {run} from './sample-parts.ts'

describe('a run in the terminal', () => {
  it('is verdict, figures, and why they are so', () => {
    expect(
      renderRun(sustained, 80),
    ).toBe(`✓ sustained: 1,000 ops/s held for 60 s, p99 7.6 ms from enqueue to row
✓ p99 7.6 < 50 ms   ✓ errors 0.00 < 0.1 %   ✓ backlog steady   ✓ lost 0

rates in ops/s; times in ms from the scheduled send (raw99: actual send)
 step         achieved   p50   p99  raw99   lag  err%  backlog/s  verdict
 1,000 ops/s     999.9  2.31  7.52   7.40  0.42  0.00         +0  ok
 columns hidden: target, p10-p90/s, p99.9, max (use a wider terminal or --json)

CPU in % of one core, peak memory in MiB, loop lag p99 ms (Redis: self-reported)
 step         qtool %  MiB  Redis %  MiB  Postgres %  MiB  loop
 1,000 ops/s       31  108        9   32          22  162  1.98

limited by: none; nothing above 31 % of a core · pool 3 of 20 busy at most
ledger: 60,000 in = 59,996 rows + 0 already there + 4 dead letters + 0 leased +
  0 ready; lost 0, duplicated 0

documented vs. measured
 measure             documented  measured  unit         times
 rate held for 60 s       1,000     999.9  ops/s        0.99x
 CPU of qtool                30        31  % of a core  0.96x
 memory of qtool            200     107.5  MB            1.8x

- parameters: rate 1,000, seconds 60, workers 10, batch 500, warmup 5 s
- the first 5 s are warm-up and not counted
- latency is from the intended time of each operation to its row

run 20261125-034012-sustained-4f2a, label main, Redis 7.2.4, Postgres 18.4, Node
  20.20.2`)
  })

  it('has every column in a terminal of 120', () => {
    const grid = renderRun(capacity, 120).split('\n\n')[1]
    expect(grid).toBe(`rates in ops/s; times in ms from the scheduled send (raw99: actual send)
 step         target  achieved    p10-p90/s   p50    p99  p99.9    max  raw99    lag  err%  backlog/s  verdict
 500 ops/s       500     500.0      496-504  2.10   5.76   11.9   15.4   4.00   0.11  0.00         +0  ok
 1,000 ops/s   1,000   1,000.0    994-1,007  2.40  10.77   31.6   41.0   6.10   0.21  0.00         +0  ok
 1,500 ops/s   1,500   1,500.0  1,488-1,514  2.90  17.15   61.2   79.5   7.20   0.31  0.00         +0  ok
 1,850 ops/s   1,850   1,849.6  1,835-1,864  3.40  25.43  107.3  139.5   8.80   0.41  0.00         +0  best
 2,000 ops/s   2,000   1,941.0  1,730-2,120  6.80  96.12  639.7  831.6   9.70  52.30  0.01        +59  KNEE`)
  })

  it('says how a sweep scales', () => {
    expect(renderRun(workers, 120)).toContain('\nscaling: best 16 workers at 11,020 ops/s, peak at 16.9')
  })

  it('has each piece of evidence on a line of its own where one line is too short', () => {
    expect(renderRun(workers, 80)).toContain(`
limited by: postgres writes
- WAL sync 62 % of the time
- Postgres CPU 160 % of 200 %
- pool wait 8 % (32 of 32 busy)
ledger: `)
  })

  it('marks a check that did not hold', () => {
    expect(renderRun(capacity, 120).split('\n').slice(0, 2)).toEqual([
      '✗ capacity FAILED: 1,849 ops/s (± 3 %, 5 runs) within p99 < 50 ms; 2,000 was asked for',
      '✓ p99 25.5 < 50 ms   ✓ errors 0.00 < 0.1 %   ✗ rate 1,849 >= 2,000 ops/s',
    ])
  })

  it('is short where little was measured', () => {
    const one = run({id: 'x', scenario: 'recovery', state: 'interrupted', verdict: 'stopped after 2 s'})
    expect(renderRun(one, 80)).toBe(
      '✗ recovery INTERRUPTED: stopped after 2 s\n\nrun x, Redis 7.2.4, Postgres 18.4, Node 20.20.2',
    )
  })

  it.each([80, 100, 120])('keeps to %i columns', (width) => {
    const lines = [...all, hostile].flatMap((one) => renderRun(one, width).split('\n'))
    // The hostile name of 70 letters cannot be broken
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width)
  })

  it('is ASCII where the terminal knows no more', () => {
    const text = [sustained, modes, workers, capacity].map((one) => renderRun(one, 80, ASCII)).join('\n')
    expect(text).toMatch(/^[\n -~]*$/)
    expect(text).toContain('ok p99 7.6 < 50 ms   ok errors')
    expect(text).toContain('NO rate 1,849 >= 2,000 ops/s')
  })

  it('lets no name steer the terminal', () => {
    expect(renderRun(hostile, 120)).not.toMatch(/[\u001b\u202e]/)
  })
})

describe('all runs in the terminal', () => {
  it('begin with every verdict and every documented figure', () => {
    const [verdicts = '', documented = '', ...rest] = renderRuns(all, 100).split('\n\n')
    expect(verdicts.split('\n').map((line) => line.split(':')[0])).toEqual([
      '✗ connections INVALID',
      '✓ modes',
      '✓ sustained',
      '✓ workers',
      '✗ capacity FAILED',
    ])
    expect(documented.split('\n')).toHaveLength(2 + all.flatMap((one) => one.comparisons).length)
    expect(rest.filter((block) => block.startsWith('documented'))).toEqual([])
    expect(rest.filter((block) => block.startsWith('run '))).toHaveLength(all.length)
  })

  it('are that run where there is one', () => {
    expect(renderRuns([sustained], 100)).toBe(renderRun(sustained, 100))
  })

  it('are none where stored runs: none', () => {
    expect(renderRuns([], 80)).toBe('no runs')
  })
})
