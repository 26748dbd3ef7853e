import {expect} from 'vitest'
import type {TestContext} from '../../support/context.ts'

/**
 * Counts from outside what became of the jobs 0 to `count - 1`: each is a row, or was seen by a worker of the library,
 * once and not both.
 */
export async function expectEachOnce(
  context: TestContext,
  count: number,
  seen: readonly number[],
): Promise<number> {
  const {rows} = await context.pool.query('SELECT n::int FROM points')
  const written: number[] = rows.map(({n}) => n)
  const all = [...written, ...seen].toSorted((a, b) => a - b)
  expect(all).toEqual(Array.from({length: count}, (_, n) => n))
  return written.length
}
