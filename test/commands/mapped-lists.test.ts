import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {cliEnv, cliJson, newFolder} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()
const folder = newFolder()

it('maps lists and constants alike by a profile, in check, work, dlq diagnose and dlq edit', async () => {
  await context.pool.query(
    `CREATE TABLE basket (id int, skus text[], prices numeric[], tags text[], note text DEFAULT 'x')`,
  )
  const table = `${context.schema}.basket`
  const config = join(folder, 'profiles.json')
  const map = {skus: 'items[].sku', prices: 'items[].price.amount', tags: '[]', note: 'null'}
  const profile = {mode: 'normal', table, map}
  await writeFile(config, JSON.stringify({profiles: [{name: 'shop', ...profile}]}))
  const env = cliEnv({QTOOL_CONFIG: config, QTOOL_PROFILE: 'shop'})
  const good = '{"id":1,"items":[{"sku":"a","price":{"amount":0.10000000000000000001}},{"sku":null}]}'
  const bad = '{"id":2,"items":{"sku":"b"}}'
  const path = join(folder, 'feed.ndjson')
  await writeFile(path, `${good}\n${bad}\n`)

  const checked = await cliJson(['check', path], {env})
  expect(checked).toMatchObject({
    code: 5,
    json: {passing: 1, refused: 1, obstacles: [{code: 'NO_LIST', column: 'skus'}]},
  })

  const {queue, keys} = context.newQueue()
  await push(context, keys, [good, bad])
  const worked = await cliJson(['work', '-q', queue, '--until-empty'], {env})
  expect(worked).toMatchObject({code: 3, json: {inserted: 1, deadLettersByReason: {invalid: 1}}})
  const {rows} = await context.pool.query('SELECT id, skus, prices::text, tags, note FROM basket')
  expect(rows).toEqual([
    {id: 1, skus: ['a', null], prices: '{0.10000000000000000001,NULL}', tags: [], note: null},
  ])

  const diagnosed = await cliJson(['dlq', 'diagnose', '-q', queue], {env})
  expect(diagnosed.json).toMatchObject({matched: 1, passing: 0, obstacles: [{code: 'NO_LIST'}]})
  const edit = ['dlq', 'edit', '-q', queue, '--set', 'items=[{"sku":"b"}]', '--yes']
  const edited = await cliJson(edit, {env})
  expect(edited).toMatchObject({code: 0})
  expect((await cliJson(['dlq', 'diagnose', '-q', queue], {env})).json).toMatchObject({
    matched: 1,
    passing: 1,
  })
})
