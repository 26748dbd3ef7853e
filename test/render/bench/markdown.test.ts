import {describe, expect, it} from 'vitest'
import {renderMarkdown} from '../../../src/render/bench/markdown.ts'
import {all, hostile, modes, sustained} from './sample.ts'
import {environment} from './sample-parts.ts'

describe('a Markdown report', () => {
  it('has verdict, documented figures, tables and where it ran', () => {
    expect(renderMarkdown([modes])).toBe(`# qtool bench report

1 run, 2026-11-25

## Verdicts

- ✓ **modes: over a round trip of 90 ms: single 11/s, pipelined 9,870/s (894 times), batch 10,940/s**

## Documented vs. measured

| measure | documented | measured | unit | times |
| --- | ---: | ---: | --- | ---: |
| single | 11 | 11.0 | items/s | 1.0x |
| pipelined | 3,800 | 9,870 | items/s | 2.5x |
| pipelined over single | 345 | 894 | times | 2.5x |

## modes

Rates in ops/s:

| step | achieved | p10-p90/s | err% | verdict |
| --- | ---: | ---: | ---: | --- |
| single | 11 | 11-11 | 0.00 | ok |
| pipeline of 100 | 1,090 | 1,043-1,136 | 0.00 | ok |
| pipeline of 1,000 | 9,870 | 9,526-10,120 | 0.00 | ok |
| batch of 100 | 1,105 | 1,054-1,155 | 0.00 | ok |
| batch of 1,000 | 10,940 | 10,792-11,062 | 0.00 | ok |
| auto-pipelining | 8,120 | 7,780-8,347 | 0.00 | ok |

**Limited by:** round trip; 1 / 90 ms = 11.1 single commands a second

- parameters: rtt 90 ms, count 50,000
- the round trip is simulated by a proxy that holds each byte back for 45 ms each way

*run 20261125-035212-modes-07de, Redis 7.2.4, Postgres 18.4, Node 20.20.2*

## Environment

- machine: AMD EPYC 7B13, 2 cores, 7.8 GiB
- system: Debian GNU/Linux 12, Linux 6.1.0 x64
- versions: qtool 0.1.0, Redis 7.2.4, Postgres 18.4, Node 20.20.2
- Redis: on this machine, round trip 0.061 ms, appendonly yes, appendfsync everysec, io-threads 1
- Postgres: on this machine, round trip 0.118 ms, synchronous\\_commit on, shared\\_buffers 128MB, max\\_connections 200
- fingerprint: b1946ac92492d234
`)
  })

  it('has a section for each run', () => {
    const headings = renderMarkdown(all).match(/^## .*$/gm)
    expect(headings).toEqual([
      '## Verdicts',
      '## Documented vs. measured',
      '## connections',
      '## modes',
      '## sustained',
      '## workers',
      '## capacity',
      '## Environment',
    ])
  })

  it('says that figures of different environments do not compare', () => {
    const elsewhere = {...sustained, environment: {...environment, fingerprint: 'ffff'}}
    const report = renderMarkdown([sustained, elsewhere])
    expect(report).toContain('their figures cannot be compared')
    expect(report.match(/^- machine: /gm)).toHaveLength(2)
    expect(renderMarkdown(all)).not.toContain('cannot be compared')
  })

  it('keeps hostile text in its cell and out of the page', () => {
    const report = renderMarkdown([hostile])
    expect(report).not.toMatch(/<|\u001b|\u202e/)
    expect(report).not.toMatch(/[^\\][`[\]]/)
    const rows = report.split('\n').filter((line) => line.startsWith('| '))
    const widths = rows.map((row) => row.replaceAll('\\|', '').split('|').length)
    // Three tables: documented, steps, usage.
    expect(new Set(widths).size).toBeLessThanOrEqual(3)
  })

  it('is a page also without any run', () => {
    expect(renderMarkdown([])).toBe('# qtool bench report\n\nno runs\n')
  })
})
