import {expect, it} from 'vitest'
import {grid} from '../../src/render/table.ts'

it('aligns all rows of a long table', () => {
  const rows = Array.from({length: 250}, (_, i) => [
    i === 240 ? 'the widest name' : `queue ${i}`,
    String(i * 7),
  ])
  const lines = grid([{title: 'queue'}, {title: 'ready', align: 'right'}], rows).split('\n')
  const line = ([name, count]: string[]) => ` ${name.padEnd(15)}  ${count.padStart(5)}`
  expect(lines).toEqual([['queue', 'ready'], ...rows].map(line))
})

it('has its titles if there are no rows', () => {
  expect(grid([{title: 'queue'}, {title: 'ready'}], [])).toBe(' queue  ready')
})
