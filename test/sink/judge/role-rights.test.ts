import {describe, expect, it} from 'vitest'
import {asRole} from '../../support/as-role.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../../support/context.ts'

const context = useServers()

const good = (i: number) => `{"a":${i},"bad":false}`
const bad = (i: number) => `{"a":${i},"bad":true}`

describe('a role with few rights', () => {
  it('writes the columns it may, and refuses the records that need others', async () => {
    const role = `${context.schema}_c`
    await context.pool.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA ${context.schema}, qtool TO ${role};
GRANT ALL ON qtool.applied_lease TO ${role}; CREATE TABLE narrow (a int PRIMARY KEY, b text, c text, d text DEFAULT 'own');
GRANT INSERT (a, b) ON narrow TO ${role}`)
    const at = context.newQueue()
    await push(context, at.keys, [
      '{"a":1,"b":"x"}',
      '{"a":2,"c":null}',
      '{"a":3,"c":"y"}',
      '{"a":1,"b":"again"}',
    ])
    const pool = asRole(context.pool, role)
    const client = await pool.connect()
    const {openSink} = await import('../../../src/sink/sink.ts')
    const sink = await openSink(client, (await testSink(context, 'narrow')).options)
    client.release()
    const tally = await drainAll({...context, pool}, sink, at, {workers: 1})
    expect(tally).toMatchObject({inserted: 2, alreadyThere: 1, deadLettered: 1})
    expect((await deadLetters(context, at.keys)).map(({code, column}) => [code, column])).toEqual([
      ['42501', 'c'],
    ])
    expect((await context.pool.query('SELECT * FROM narrow ORDER BY a')).rows).toEqual([
      {a: 1, b: 'x', c: null, d: 'own'},
      {a: 2, b: null, c: null, d: 'own'},
    ])
    await context.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })

  it('refuses only the rows that row security refuses', async () => {
    const role = `${context.schema}_r`
    await context.pool.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA ${context.schema}, qtool TO ${role};
GRANT ALL ON qtool.applied_lease TO ${role}; CREATE TABLE guarded_rows (a int, bad boolean);
GRANT INSERT, SELECT ON guarded_rows TO ${role}; ALTER TABLE guarded_rows ENABLE ROW LEVEL SECURITY;
CREATE POLICY good ON guarded_rows FOR ALL TO ${role} USING (true) WITH CHECK (NOT bad)`)
    const at = context.newQueue()
    await push(context, at.keys, [bad(0), good(1), bad(2), good(3), bad(4)])
    const tally = await drainAll(
      {...context, pool: asRole(context.pool, role)},
      await testSink(context, 'guarded_rows'),
      at,
      {workers: 1, batch: 1},
    )
    expect(tally).toMatchObject({inserted: 2, deadLettered: 3})
    expect((await deadLetters(context, at.keys)).map(({code}) => code)).toEqual(['42501', '42501', '42501'])
    await context.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })
})
