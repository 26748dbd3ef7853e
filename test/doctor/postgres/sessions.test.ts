import type pg from 'pg'
import {afterEach, describe, expect, it} from 'vitest'
import type {PostgresFacts} from '../../../src/doctor/postgres/facts.ts'
import {until} from '../../support/cli.ts'
import {examine, factsOf, judge, titles, useDatabase} from './examine.ts'

const own = useDatabase()
let number = 0
const open: pg.PoolClient[] = []

afterEach(async () => {
  await own.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OTHERS}`)
  for (const client of open.splice(0)) client.release(true)
  await until(async () => (await idsOf('true')).length === 0)
})

const OTHERS = `datname = current_database() AND application_name = 'other'`

/** Sessions that a test has opened. @param isSo SQL */
async function idsOf(isSo: string): Promise<number[]> {
  const {rows} = await own.pool.query(`SELECT pid FROM pg_stat_activity WHERE ${OTHERS} AND ${isSo}`)
  return rows.map(({pid}) => pid)
}

/** Opens a session that runs statements, the last of which is not waited for. @returns its pid */
async function session(...statements: string[]): Promise<number> {
  const client = await own.pool.connect()
  client.on('error', () => {})
  open.push(client)
  await client.query(`SET application_name = 'other'`)
  const {rows} = await client.query('SELECT pg_backend_pid() AS pid')
  const last = statements.pop() ?? ''
  for (const sql of statements) await client.query(sql)
  client.query(last).catch(() => {})
  return rows[0].pid
}

const isIdle = (pid: number) =>
  until(async () => (await idsOf(`state = 'idle in transaction'`)).includes(pid))
const isWaiting = (pid: number) => until(async () => (await idsOf(`wait_event_type = 'Lock'`)).includes(pid))

async function table(): Promise<string> {
  const name = `t${++number}`
  await own.pool.query(`CREATE TABLE ${name} (id int PRIMARY KEY)`)
  return `public.${name}`
}

/** What would be found if the sessions had lasted longer: nobody waits for minutes in a test. */
function later(facts: PostgresFacts, ms: number): PostgresFacts {
  const {seen = [], hidden = 0} = facts.sessions.value ?? {}
  return {...facts, sessions: {value: {hidden, seen: seen.map((one) => ({...one, ms: one.ms + ms}))}}}
}

const found = (facts: PostgresFacts) =>
  titles(judge(facts)).filter((title) => !/fsync|connections|checkpoints/.test(title))

describe('long statements and idle transactions', () => {
  it('a statement is found after 2 minutes, by an age that was moved up', async () => {
    const name = await table()
    const pid = await session(`SELECT pg_sleep(100), 'a value'`)
    await until(async () => (await idsOf(`query LIKE '%pg_sleep(100)%'`)).includes(pid))
    const facts = await factsOf(own.pool, name)
    expect(JSON.stringify(facts)).not.toContain('a value')
    expect(found(facts)).toEqual([])
    expect(found(later(facts, 110_000))).toEqual([])
    expect(found(later(facts, 121_000))).toEqual(['warning long-queries'])
    expect(found(later(facts, 600_000))).toEqual(['warning long-queries'])
    const [finding] = judge(later(facts, 121_000)).filter(({check}) => check === 'postgres.long-queries')
    expect(finding.what).toContain(`session ${pid} (role postgres, SELECT)`)
    expect(finding.fix).toContain(`pg_cancel_backend(${pid})`)
  })

  it('what somebody typed by mistake is not in the facts', async () => {
    const name = await table()
    const pid = await session('BEGIN', 'my password is hunter2')
    await until(async () => (await idsOf(`state = 'idle in transaction (aborted)'`)).includes(pid))
    const facts = await factsOf(own.pool, name)
    expect(facts.sessions.value?.seen).toMatchObject([{pid, isIdle: true, command: null}])
    expect(JSON.stringify(facts).toLowerCase()).not.toContain('password')
  })

  it('a transaction that is idle is found after 5 minutes, by an age that was moved up', async () => {
    const name = await table()
    await isIdle(await session('BEGIN', `INSERT INTO ${name} VALUES (1)`))
    const facts = await factsOf(own.pool, name)
    expect(found(facts)).toEqual([])
    expect(found(later(facts, 290_000))).toEqual([])
    expect(found(later(facts, 301_000))).toEqual(['warning idle-in-transaction'])
  })
})

describe('who blocks the table', () => {
  it.each(['SHARE', 'ACCESS EXCLUSIVE'])('a %s lock is found, with its session', async (mode) => {
    const name = await table()
    const pid = await session('BEGIN', `LOCK TABLE ${name} IN ${mode} MODE`)
    await isIdle(pid)
    const findings = await examine(own.pool, name)
    expect(titles(findings)).toEqual(['critical blocked'])
    expect(findings[0].what).toBe(
      `session ${pid} (role postgres, LOCK TABLE) holds a lock on ${name} that writes wait for`,
    )
  })

  it('a lock on one partition is found', async () => {
    const name = `t${++number}`
    await own.pool.query(`CREATE TABLE ${name} (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE ${name}_a PARTITION OF ${name} FOR VALUES FROM (0) TO (9)`)
    await isIdle(await session('BEGIN', `LOCK TABLE ${name}_a IN SHARE MODE`))
    expect(titles(await examine(own.pool, name))).toEqual(['critical blocked'])
  })

  it('a lock that waits behind a reader is found, with the reader', async () => {
    const name = await table()
    const reader = await session('BEGIN', `SELECT count(*) FROM ${name}`)
    await isIdle(reader)
    expect(await examine(own.pool, name)).toEqual([])
    const pid = await session(`ALTER TABLE ${name} ADD COLUMN note text`)
    await isWaiting(pid)
    const findings = await examine(own.pool, name)
    expect(titles(findings)).toEqual(['critical blocked'])
    expect(findings[0].what).toContain(`session ${pid} (role postgres, ALTER TABLE) waits for a lock`)
    expect(findings[0].what).toContain(`behind ${reader}`)
  })

  it('a key that another transaction has written is found once a write waits for it for a second', async () => {
    const name = await table()
    const holder = await session('BEGIN', `INSERT INTO ${name} VALUES (1)`)
    await isIdle(holder)
    expect(await examine(own.pool, name)).toEqual([])
    await isWaiting(await session(`INSERT INTO ${name} VALUES (1)`))
    await until(async () => (await examine(own.pool, name)).length > 0)
    const findings = await examine(own.pool, name)
    expect(titles(findings)).toEqual(['critical blocked'])
    expect(findings[0].what).toContain(`session ${holder} (role postgres, INSERT) has changed a row`)
  })

  it('a worker of qtool that is busy blocks nobody, one that stands still does', async () => {
    const name = await table()
    const worker = await session('BEGIN', `INSERT INTO ${name} VALUES (1)`, `SET application_name = 'qtool'`)
    const write = await session(`INSERT INTO ${name} VALUES (1)`)
    await isWaiting(write)
    await until(async () => (await examine(own.pool, name)).length > 0)
    const run = open[0].query('SELECT pg_sleep(100)').catch(() => {})
    await until(async () => (await examine(own.pool, name)).length === 0)
    expect(await idsOf(`wait_event_type = 'Lock'`)).toEqual([write])
    await own.pool.query('SELECT pg_terminate_backend($1)', [worker])
    await run
  })

  it('a lock on another table is no finding', async () => {
    const name = await table()
    await isIdle(await session('BEGIN', `LOCK TABLE ${await table()} IN ACCESS EXCLUSIVE MODE`))
    expect(await examine(own.pool, name)).toEqual([])
  })
})
