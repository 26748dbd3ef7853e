import {afterEach, describe, expect, it} from 'vitest'
import {cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

/** Expects that everything that a bench made is gone. */
afterEach(async () => {
  expect(await context.redis.keys('*qtool-bench*')).toEqual([])
  const {rows} = await context.pool.query(
    `SELECT nspname FROM pg_namespace WHERE nspname LIKE 'qtool_bench%'`,
  )
  expect(rows).toEqual([])
})

describe.each([
  ['bombard', ['--count', '20k', '--invalid', '10%']],
  ['workers', ['--quick']],
  ['modes', ['--quick']],
])('qtool bench %s', (scenario, flags) => {
  it('ends well, and has lost nothing', async () => {
    const {code, json} = await cliJson(['bench', scenario, ...flags])
    expect({code, scenario: json.scenario, state: json.state}).toEqual({code: 0, scenario, state: 'ok'})
    if (scenario === 'bombard') {
      expect(json.ledger).toMatchObject({
        enqueued: 20_000,
        rows: 18_000,
        deadLetters: 2000,
        lost: 0,
        duplicated: 0,
      })
    }
  })
})
