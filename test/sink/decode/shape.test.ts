import {expect, it} from 'vitest'
import {ShapeBook} from '../../../src/sink/decode/shape.ts'
import {testSink, useServers} from '../../support/context.ts'

const context = useServers()

it('tells records apart by the columns with a default that they give, and by nothing else', async () => {
  await context.pool.query('CREATE TABLE shaped (a int, b int DEFAULT 1, c int, d int DEFAULT 2)')
  const {table} = await testSink(context, 'shaped')
  const book = new ShapeBook(table)
  const of = (...members: number[]) => book.of(Int32Array.from(members))
  expect(of(-1, -1, -1, -1).columns).toEqual([0, 2])
  expect(of(0, 1, 2, 3).columns).toEqual([0, 1, 2, 3])
  expect(of(0, -1, -1, 9).columns).toEqual([0, 2, 3])
  expect(of(-1, -1, 5, 0)).toBe(of(3, -1, -1, 7))
  expect(of(-1, 0, -1, -1)).not.toBe(of(-1, -1, -1, 0))
})

it('stays small and right where every record gives other columns', async () => {
  const columns = Array.from({length: 40}, (_, i) => `c${i} int DEFAULT 0`)
  await context.pool.query(`CREATE TABLE scattered (${columns.join(', ')})`)
  const {table} = await testSink(context, 'scattered')
  const book = new ShapeBook(table)
  for (let n = 0; n < 5000; n++) {
    const members = Int32Array.from({length: 40}, (_, i) => (((n * 7919) >> (i % 24)) & 1 ? i : -1))
    const given = [...members.keys()].filter((i) => members[i] >= 0)
    expect(book.of(members).columns).toEqual(given)
  }
})
