import {expect, it} from 'vitest'
import {type Conflict, conflictSettings, withBoundConflict} from '../../src/config/conflict.ts'
import {openSink} from '../../src/sink/sink.ts'
import {USUAL_SINK, useServers, withClient} from '../support/context.ts'

const context = useServers()
const profile: Conflict & {name: string} = {name: 'prod', newestBy: 'seq', key: ['id']}

it('takes names with blanks around them, and refuses a list without one of them', () => {
  const flags = {key: 'a, b', 'update-columns': ' c ,d'}
  expect(conflictSettings({flags, env: {QTOOL_KEY: 'x'}})).toMatchObject({
    key: ['a', 'b'],
    updateColumns: ['c', 'd'],
  })
  expect(() => conflictSettings({flags: {'update-columns': 'c,,d'}, env: {}})).toThrow(
    'expected --update-columns to be columns, separated by commas, got "c,,d"',
  )
  expect(() => conflictSettings({flags: {}, env: {QTOOL_KEY: 'a, '}})).toThrow(
    'expected QTOOL_KEY to be columns, separated by commas, got "a, "',
  )
})

it.each([
  ['--newest-by', {'newest-by': 'seq'}, {QTOOL_NEWEST_BY: 'seq'}],
  ['QTOOL_NEWEST_BY', {}, {QTOOL_NEWEST_BY: 'seq'}],
  ['newestBy of profile "prod"', {}, {}],
])('an error names what said it: %s', async (where, flags, env) => {
  await context.pool.query('CREATE TABLE IF NOT EXISTS said (id int PRIMARY KEY, seq int)')
  const open = (bound: Conflict) =>
    withClient(context, (client) => {
      const conflict = withBoundConflict(conflictSettings({flags, env, profile}), bound)
      return openSink(client, {...USUAL_SINK, table: 'said', ...conflict})
    })
  await expect(open({})).rejects.toThrow(`${where} needs --on-conflict update`)
  // The queue remembers that it is drained so
  await expect(open({onConflict: 'update'})).resolves.toMatchObject({upsert: {newestBy: 1}})
})
