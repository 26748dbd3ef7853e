import {readFileSync} from 'node:fs'
import {beforeAll, describe, expect, it} from 'vitest'
import {exported} from './exported.ts'

const PAGE = readFileSync('docs/metrics.md', 'utf8')

/** Cells of the rows of all tables of metrics. */
const rows = [...PAGE.matchAll(/^\| (`[a-z]\w*_\w+`.*?) \| (\w+) \| (.*?) ?\| (.*) \|$/gm)].map(
  ([, names, type, labels]) => ({names: quoted(names), type, labels: quoted(labels)}),
)

function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word)
}

let metrics: Map<string, Set<string>>
beforeAll(async () => {
  metrics = await exported()
})

describe('docs/metrics.md', () => {
  it('names every metric of qtool that is exported', () => {
    const parts = /_(bucket|sum|count)$/
    const own = [...metrics.keys()].filter((name) => name.startsWith('qtool_') && !parts.test(name))
    const named = PAGE.match(/\bqtool_\w+/g) ?? []
    expect([...new Set(named)].sort()).toEqual(own.sort())
  })

  it('names no other metric that is not exported', () => {
    for (const name of PAGE.match(/`(process|nodejs)_\w+\w`/g) ?? [])
      expect([...metrics.keys()]).toContain(name.slice(1, -1))
    for (const name of metrics.keys()) expect(name).toMatch(/^(qtool|process|nodejs)_/)
  })

  it('gives the labels of each', () => {
    expect(rows.length).toBeGreaterThan(20)
    for (const {names, labels} of rows) {
      const all = new Set(names.flatMap((name) => [...(metrics.get(name) ?? [])]))
      all.delete('queue')
      expect([...all].sort(), names.join()).toEqual(labels.filter((label) => label !== 'queue').sort())
    }
  })
})
