import {SaxesParser, type SaxesTagPlain} from 'saxes'
import {describe, expect, it} from 'vitest'
import type {BenchRun} from '../../../src/bench/shape/run.ts'
import {renderHtml} from '../../../src/render/bench/html.ts'
import {all, hostile, sustained} from './sample.ts'
import {latency, run, step} from './sample-parts.ts'

interface Page {
  tags: SaxesTagPlain[]
  text: string
}

/** @throws Error if the page is not well-formed XML */
function parse(page: string): Page {
  const found: Page = {tags: [], text: ''}
  const parser = new SaxesParser()
  parser.on('opentag', (tag) => found.tags.push(tag))
  parser.on('text', (text) => {
    found.text += text
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(page).close()
  return found
}

/** Runs in which figures are missing or nonsense. */
const strange: BenchRun[] = [
  run({id: 'empty', scenario: 'recovery', verdict: ''}),
  run({
    id: 'zeros',
    scenario: 'recovery',
    verdict: '',
    steps: [step('a', 0, {throughput: [0, 0, 0], spectrum: [[50, 0]]}), step('b', 0, {throughput: [0]})],
    comparisons: [{measure: 'lost', documented: 0, measured: 0, unit: '', moreIsBetter: false}],
  }),
  run({
    id: 'nonsense',
    scenario: 'modes',
    verdict: '',
    steps: [
      step('a', Number.NaN, {throughput: [1, Number.NaN], latency: latency(Number.NaN, 2, Number.NaN)}),
      step('b', 5, {
        target: Number.POSITIVE_INFINITY,
        throughput: [5, 5],
        spectrum: [
          [0, 1],
          [100, 9],
        ],
      }),
    ],
    comparisons: [{measure: 'a', documented: 1, measured: Number.NaN, unit: '', moreIsBetter: true}],
  }),
]

describe('an HTML report', () => {
  it.each([
    ['all runs', all],
    ['one run', [sustained]],
    ['no run', []],
    ['hostile runs', [hostile, hostile]],
    ['strange runs', strange],
  ])('is well-formed and without holes for %s', (_, runs) => {
    const page = renderHtml(runs)
    parse(page)
    expect(page.match(/.{20}(NaN|undefined|Infinity|\[object)/g)).toBeNull()
  })

  it('needs nothing but itself and runs nothing', () => {
    const page = renderHtml([...all, hostile])
    const {tags} = parse(page)
    expect(page.match(/https?:|url\(|@import/g)).toBeNull()
    const names = new Set(tags.map((tag) => tag.name))
    for (const name of ['script', 'link', 'img', 'iframe', 'object', 'use', 'foreignObject']) {
      expect(names).not.toContain(name)
    }
    const attributes = tags.flatMap((tag) => Object.entries(tag.attributes))
    expect(attributes.filter(([name]) => /^on|^src|^style/.test(name))).toEqual([])
    const links = attributes.flatMap(([name, value]) => (name === 'href' ? [value] : []))
    expect(links.filter((link) => !/^#run-\d+$/.test(link))).toEqual([])
    const policy = tags.find((tag) => tag.attributes['http-equiv'] === 'Content-Security-Policy')
    expect(policy?.attributes.content).toBe("default-src 'none'; style-src 'unsafe-inline'")
  })

  it('shows hostile text as text', () => {
    const {text} = parse(renderHtml([hostile]))
    expect(text).toContain('<img src=x onerror="alert(1)">')
    expect(text).toContain('</style></svg></title><script>alert(2)</script>')
    expect(text).not.toMatch(/[\u001b\u202e]/)
  })

  it('says with a sign and a word how each run and each check went', () => {
    const {text} = parse(renderHtml(all))
    expect(text.match(/[✓✗] (ok|FAILED|INVALID)/g)?.slice(0, all.length)).toEqual([
      '✗ INVALID',
      '✓ ok',
      '✓ ok',
      '✓ ok',
      '✗ FAILED',
    ])
    expect(text).toContain('✓ errors 0.00 < 0.1 %✗ rate 1,849 >= 2,000 ops/s')
  })

  it('says the verdict of a single run once', () => {
    const {text} = parse(renderHtml([sustained]))
    expect(text.split(sustained.verdict)).toHaveLength(2)
  })

  it('begins with the verdicts and the documented figures', () => {
    const {tags, text} = parse(renderHtml(all))
    expect(tags.filter((tag) => tag.name === 'h2')).toHaveLength(all.length + 3)
    const places = ['Verdicts', 'capacity', 'Documented vs. measured', 'Throughput over time'].map((words) =>
      text.indexOf(words),
    )
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
  })
})

describe('who cannot see the report', () => {
  const {tags} = parse(renderHtml(all))
  const named = (name: string) => tags.filter((tag) => tag.name === name)

  it('knows its language, and each plot by title and description', () => {
    expect(named('html')[0]?.attributes.lang).toBe('en')
    const ids = tags.flatMap((tag) => tag.attributes.id ?? [])
    expect(new Set(ids).size).toBe(ids.length)
    const labels = tags.flatMap((tag) => tag.attributes['aria-labelledby']?.split(' ') ?? [])
    expect(labels.filter((label) => !ids.includes(label))).toEqual([])
    const plots = named('svg').filter((tag) => tag.attributes['aria-hidden'] !== 'true')
    expect(plots.length).toBeGreaterThan(8)
    for (const plot of plots) {
      expect(plot.attributes.role).toBe('img')
      expect(plot.attributes['aria-labelledby']?.split(' ')).toHaveLength(2)
    }
  })

  it('has a caption and scoped headings in each table', () => {
    expect(named('caption')).toHaveLength(named('table').length)
    expect(named('th').filter((tag) => !/^(row|col)$/.test(tag.attributes.scope ?? ''))).toEqual([])
  })
})
