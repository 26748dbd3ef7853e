import {spawn} from 'node:child_process'
import {once} from 'node:events'
import pg from 'pg'
import {expect, inject, it} from 'vitest'
import {CpuAccount, perMillion, totalOf} from '../../benchmarks/cpu.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

/** Uses CPU until the process has used 300 ms of it, then prints the exact figure. */
const BUSY = `const spent = () => { const {user, system} = process.cpuUsage(); return user + system }
while (spent() < 300_000);
process.stdout.write(String(spent()))`

it('counts a command that has ended, by what it says itself', async () => {
  const account = await CpuAccount.open(context.redis, context.pool)
  const {result, cpu} = await account.measure('commands', async () => {
    const child = spawn(process.execPath, ['-e', BUSY])
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
    })
    await once(child, 'close')
    return Number(text) / 1e6
  })
  expect(result).toBeGreaterThanOrEqual(0.3)
  // The process cannot count its own exit, and the kernel reports hundredths of a second
  expect(cpu.program).toBeGreaterThan(result - 0.02)
  expect(cpu.program).toBeLessThan(result + 0.1)
})

it('counts a backend of Postgres that came and went', async () => {
  const account = await CpuAccount.open(context.redis, context.pool)
  const idle = await account.measure('commands', async () => {})
  const {cpu} = await account.measure('commands', async () => {
    const client = new pg.Client(inject('databaseUrl'))
    await client.connect()
    // By its own account the backend is busy for at least 200 ms
    await client.query(`DO $$ DECLARE n bigint := 0; BEGIN
      WHILE clock_timestamp() - now() < interval '200 ms' LOOP n := n + 1; END LOOP; END $$`)
    await client.end()
    await expect.poll(async () => (await context.pool.query(BACKENDS)).rows[0].n).toBe(0)
  })
  expect(idle.cpu.postgres).toBeLessThan(0.05)
  // Less than its lifetime if other processes wanted the cores
  expect(cpu.postgres).toBeGreaterThan(0.05)
  expect(cpu.program).toBe(0)
})

const BACKENDS = `SELECT count(*)::int AS n FROM pg_stat_activity
WHERE query LIKE 'DO $$ DECLARE n bigint%' AND pid <> pg_backend_pid()`

it('gives the cost of a million records, and the sum of all three', () => {
  const cost = perMillion({program: 1, redis: 0.5, postgres: 0.25}, 500_000)
  expect(cost).toEqual({program: 2, redis: 1, postgres: 0.5})
  expect(totalOf(cost)).toBe(3.5)
})
