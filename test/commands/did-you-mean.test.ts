import {describe, expect, it} from 'vitest'
import {cli, cliEnv} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()

describe('a name that is nearly right', () => {
  it.each([
    [['queues', '--sort', 'redy'], 'did you mean "ready"?'],
    [['queues', '--macth', 'x'], 'did you mean --match?'],
    [['inspekt'], 'did you mean qtool inspect?'],
    [['dlq', 'lits'], 'did you mean qtool dlq list?'],
    [['completion', 'bahs'], 'did you mean "bash"?'],
  ])('%j', async (words, meant) => {
    const {code, stderr} = await cli(words, {env: cliEnv()})
    expect({code, isSaid: stderr.includes(meant)}, stderr).toEqual({code: 2, isSaid: true})
  })

  it('of a table, a column and a key', async () => {
    await context.pool.query('CREATE TABLE parcels (id int PRIMARY KEY, weight numeric)')
    const {queue, keys} = context.newQueue()
    const work = (table: string, ...flags: string[]) =>
      cli(['work', queue, '--until-empty', '--table', `${context.schema}.${table}`, ...flags], {
        env: cliEnv(),
      })
    expect((await work('parcel')).stderr).toContain(`did you mean "${context.schema}.parcels"?`)
    expect((await work('parcels', '--rename', 'w=wieght')).stderr).toContain('did you mean "weight"?')
    await push(context, keys, ['{"id":1,"wieght":5}'])
    expect((await work('parcels')).stderr).toContain('"wieght", like the column "weight"')
  })
})
