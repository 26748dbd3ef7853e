import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {resolve} from 'node:path'
import {describe, expect, it} from 'vitest'
import {cliEnv, until} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()

/** Makes a program the first process of a namespace, as it is in a container. */
const UNSHARE = ['--pid', '--fork', '--kill-child', '--mount-proc']
const mayUnshare = spawnSync('unshare', [...UNSHARE, 'true']).status === 0

/** Starts qtool as process 1 of a namespace. */
function startFirst(args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn('unshare', [...UNSHARE, process.execPath, resolve('bin/run.js'), ...args], {env})
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part) => {
      said += part
    })
  }
  const ended = once(child, 'close').then(([code]) => ({code, said}))
  return {child, ended, said: () => said, stop: () => process.kill(innerPid(child), 'SIGTERM')}
}

/** The id, outside of its namespace, of the process that unshare has started. */
function innerPid({pid}: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
}

describe.skipIf(!mayUnshare)('as the first process of a container (skipped where unshare may not)', () => {
  it('work finishes its lease on SIGTERM', async () => {
    const {queue, keys} = context.newQueue()
    await context.pool.query(`CREATE TABLE slow (id bigint PRIMARY KEY);
      CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.02); RETURN new; END';
      CREATE TRIGGER wait BEFORE INSERT ON slow FOR EACH ROW EXECUTE FUNCTION wait()`)
    await push(
      context,
      keys,
      [...Array(400).keys()].map((id) => `{"id":${id}}`),
    )
    const flags = ['--workers', '1', '--batch', '100']
    const {stop, ended} = startFirst(
      ['work', '-q', queue, '--table', `${context.schema}.slow`, ...flags],
      cliEnv(),
    )
    await until(async () => (await context.redis.zcard(keys.leases)) === 1)
    stop()
    expect((await ended).code).toBe(130)
    const ready = await context.redis.zcard(keys.ready)
    const {rows} = await context.pool.query('SELECT count(*)::int AS n FROM slow')
    expect(await context.redis.zcard(keys.leases)).toBe(0)
    expect(ready).toBeGreaterThan(0)
    expect(ready + rows[0].n).toBe(400)
  })

  it('serve ends with 0 on SIGTERM', async () => {
    const {stop, ended, said} = startFirst(['serve', '--port', '0'], cliEnv())
    await until(() => said().includes('http://'))
    stop()
    expect((await ended).code).toBe(0)
  })

  it('a command that only waits ends, too', async () => {
    let isAsked = false
    const server = createServer(() => {
      isAsked = true
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const {stop, ended} = startFirst(['peek'], cliEnv({REDIS_URL: `redis://127.0.0.1:${port}`}))
    await until(() => isAsked)
    stop()
    expect((await ended).code).toBe(128 + 15)
    server.close()
  })
})
