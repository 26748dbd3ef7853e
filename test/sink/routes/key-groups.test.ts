import {expect, it} from 'vitest'
import {Items} from '../../../src/record/items.ts'
import {plainItems} from '../../../src/record/payload/read-items.ts'
import {KeyGroups} from '../../../src/sink/routes/key-groups.ts'
import {testSink, useServers, withClient} from '../../support/context.ts'

const context = useServers()

it('knows which records of the same key come after a record', async () => {
  await context.pool.query('CREATE TABLE t (id int PRIMARY KEY, v int)')
  const sink = await testSink(context, 't', {onConflict: 'update'})
  // The ids of the records 0, 2 and 3 are the same
  const texts = ['{"id":1,"v":1}', '{"id":2,"v":1}', '{"id":1}', '{"id":"1","v":3}']
  const lease = sink.decoder.decode(plainItems(Items.from(texts.map((text) => Buffer.from(text)))), 'careful')
  const keys = new KeyGroups(new Map([[sink, lease]]))
  const number = (record: number) => lease.numberOf(record)
  await withClient(context, async (client) => {
    await client.query('BEGIN')
    const isFollowed = (record: number, by: number[]) =>
      keys.isFollowed(client, sink, number(record), new Set(by.map(number)))
    expect(await isFollowed(0, [3])).toBe(true)
    expect(await isFollowed(2, [0, 3])).toBe(true)
    expect(await isFollowed(2, [0, 1])).toBe(false)
    expect(await isFollowed(3, [0, 2])).toBe(false)
    expect(await isFollowed(1, [0, 2, 3])).toBe(false)
    await client.query('ROLLBACK')
  })
})
