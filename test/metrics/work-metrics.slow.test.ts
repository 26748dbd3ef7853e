import {beforeAll, describe, expect, it, onTestFinished} from 'vitest'
import {cli, cliEnv, type RunningCli, runningCli, until} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {builtCode, loadedCode, NAMING_MODULES} from '../support/loaded-modules.ts'
import {valuesOf} from '../support/prometheus.ts'

/** A metric that only prom-client names. */
const OF_PROM_CLIENT = 'nodejs_eventloop_lag_p90_seconds'

const context = useServers()
beforeAll(() => context.pool.query('CREATE TABLE shown (a int PRIMARY KEY)'))

/** Starts workers with metrics, and returns the address that they say. */
async function started(queue: string, ...flags: string[]): Promise<{work: RunningCli; url: string}> {
  const words = ['work', '-q', queue, '--table', `${context.schema}.shown`, '--metrics-port', '0']
  const work = runningCli([...words, ...flags])
  onTestFinished(() => void work.child.kill('SIGKILL'))
  await until(() => work.stderr().includes('/metrics'))
  const [, url] = /metrics are at (\S+)\/metrics/.exec(work.stderr()) ?? []
  return {work, url: String(url)}
}

async function readValue(url: string, series: string): Promise<number | undefined> {
  return valuesOf(await (await fetch(`${url}/metrics`)).text()).get(series)
}

describe('qtool work --metrics-port', () => {
  it('shows what it has done until it has stopped', async () => {
    const {queue, keys} = context.newQueue()
    await push(context, keys, ['{"a":1}', '{"a":2}', '{"a":3}'])
    const {work, url} = await started(queue)
    const inserted = `qtool_records_total{queue="${queue}",outcome="inserted"}`
    await until(async () => (await readValue(url, inserted)) === 3)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    work.child.kill('SIGTERM')
    expect((await work.ended).code).toBe(130)
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })

  it('is alive and not ready while it finishes its last leases', async () => {
    const {queue, keys} = context.newQueue()
    await push(context, keys, ['{"a":10}'])
    const blocker = await context.pool.connect()
    await blocker.query(`BEGIN; INSERT INTO shown VALUES (10)`)
    const {work, url} = await started(queue)
    await until(
      async () => (await readValue(url, `qtool_leases_total{queue="${queue}",outcome="taken"}`)) === 1,
    )
    work.child.kill('SIGTERM')
    await until(async () => (await fetch(`${url}/readyz`)).status === 503)
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({failed: [{reason: 'is stopping'}]})
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    await blocker.query('ROLLBACK')
    blocker.release()
    expect((await work.ended).code).toBe(130)
  })

  it('adds up several processes at one port', async () => {
    const {queue, keys} = context.newQueue()
    const {url} = await started(queue, '--processes', '2', '--workers', '2', '--batch', '1')
    await until(async () => (await fetch(`${url}/readyz`)).status === 200)
    await push(
      context,
      keys,
      Array.from({length: 40}, (_, i) => `{"a":${100 + i}}`),
    )
    const inserted = `qtool_records_total{queue="${queue}",outcome="inserted"}`
    await until(async () => (await readValue(url, inserted)) === 40)
    const text = await (await fetch(`${url}/metrics`)).text()
    const builds = [...valuesOf(text)].filter(([series]) => series.startsWith('qtool_build_info'))
    expect(builds).toEqual([[expect.any(String), 1]])
  })

  it('loads nothing for metrics without the flag', async () => {
    const {queue} = context.newQueue()
    const words = ['work', '-q', queue, '--table', `${context.schema}.shown`, '--until-empty']
    const {stderr} = await cli(words, {env: cliEnv(NAMING_MODULES)})
    expect(loadedCode(stderr)).toContain('json_to_recordset')
    expect(loadedCode(stderr)).not.toContain(OF_PROM_CLIENT)
    expect(builtCode()).toContain(OF_PROM_CLIENT)
  })

  it('refuses a host without a port', async () => {
    const {code, stderr} = await cli(['work', '--metrics-host', '0.0.0.0'])
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('--metrics-host has no effect without --metrics-port'),
    ])
  })
})
