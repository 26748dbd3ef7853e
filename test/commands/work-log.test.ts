import {hostname, userInfo} from 'node:os'
import {stripVTControlCharacters} from 'node:util'
import {expect, inject, it, onTestFinished} from 'vitest'
import {atTerminal} from '../support/at-terminal.ts'
import {cli, cliEnv, cliJson, runningCli} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {until} from '../support/until.ts'

const context = useServers()

async function filled(items: string[]) {
  await context.pool.query('CREATE TABLE IF NOT EXISTS logged (a int)')
  const {queue, keys} = context.newQueue()
  await push(context, keys, items)
  return {queue, table: `${context.schema}.logged`}
}

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ /

it('begins with the servers, the table, the ledger and what can be lost, and stamps each line with the time', async () => {
  const {queue, table} = await filled(['{"a":1,"b":"x"}', '{"a":2,"b":"y"}'])
  const {stdout, stderr} = await cli(['work', '-q', queue, '--table', table, '--until-empty', '-w', '3'])
  expect(stdout).not.toMatch(TIME)
  const lines = stderr.trimEnd().split('\n')
  for (const line of lines) expect(line).toMatch(TIME)
  const [start, key] = lines
  // The password of the test's Redis is masked wherever it stands, and the name begins with it
  expect(start).toContain(`queue ${queue.replace('test', '****')} of redis://`)
  expect(start).toContain(` → ${table} of postgres://`)
  expect(start).toMatch(/ 3 workers of qtool .*; the ledger is on; Redis: .+; Postgres: .+/)
  expect(key).toContain(`records have a key without a column in ${table}: "b" (for example "x")`)
  expect(stderr.match(/for example/g)).toHaveLength(1)
  for (const url of [inject('redisUrl'), inject('databaseUrl')]) {
    const {password} = new URL(url)
    if (password) expect(stderr).not.toContain(password)
  }
})

it.each([['1'], ['2']])(
  '--log json writes one object a line, and nothing else, with %s process(es)',
  async (n) => {
    const {queue, table} = await filled(['{"a":1,"b":"x"}', '{"a":"no"}', '{"a":3}'])
    const flags = ['-q', queue, '--table', table, '--until-empty', '--log', 'json', '--processes', n]
    const {code, stderr, json} = await cliJson(['work', ...flags])
    expect({code, ...json}).toMatchObject({code: 3, queue, inserted: 2, deadLettered: 1})
    const entries = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    for (const entry of entries) {
      expect(entry).toMatchObject({queue, event: expect.any(String), message: expect.any(String)})
      expect(Date.parse(entry.at)).toBeGreaterThan(Date.now() - 60_000)
      expect(['info', 'warning', 'error']).toContain(entry.level)
    }
    expect(entries.map(({event}) => event)).toEqual(['started', 'unknown_keys', 'note', 'stopped'])
    expect(entries[0]).toMatchObject({
      table,
      workers: 10,
      processes: Number(n),
      hasLedger: true,
      profile: null,
    })
    expect(entries[1].keys).toEqual([{key: 'b', example: '"x"', isGenerated: false, mappedFrom: null}])
    expect(entries[3]).toMatchObject({inserted: 2, deadLettered: 1})
  },
)

it('--log json says an error in a line, too', async () => {
  const flags = ['-q', 'none', '--table', `${context.schema}.nothing`, '--log=json']
  const {code, stdout, stderr} = await cli(['work', ...flags])
  expect({code, stdout}).toEqual({code: 2, stdout: ''})
  expect(JSON.parse(stderr)).toMatchObject({level: 'error', event: 'error', message: expect.any(String)})
})

it('says by whom and until when a queue is paused', async () => {
  const {queue, table} = await filled(['{"a":1}', '{"a":2}'])
  await cli(['pause', '-q', queue, '--for', '1h'])
  const worker = runningCli(['work', '-q', queue, '--table', table, '--log', 'json'], cliEnv())
  onTestFinished(() => void worker.child.kill('SIGKILL'))
  await until(() => worker.stderr().includes('"event":"paused"'))
  await cli(['resume', '-q', queue])
  await until(() => worker.stderr().includes('"event":"resumed"'))
  worker.child.kill('SIGTERM')
  const {stderr} = await worker.ended
  const entry = JSON.parse(stderr.split('\n').find((line) => line.includes('"event":"paused"')) ?? '')
  // The password of the tests' Redis is "test", which no output shows, unless it is a part of a word
  const who = `${userInfo().username}@${hostname()}`.replace(/\btest\b/g, '****')
  expect(entry).toMatchObject({event: 'paused', by: who, ready: 2})
  const minutes = (Date.parse(entry.until) - Date.now()) / 60_000
  expect(minutes).toBeGreaterThan(55)
  expect(minutes).toBeLessThanOrEqual(60)
  expect(entry.message).toMatch(
    /is paused by \S+@\S+ until \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ; 2 items are waiting; /,
  )
})

it('breaks its lines between words where a person watches', async () => {
  const {queue, table} = await filled(['{"a":1}'])
  const screen = atTerminal(['work', '-q', queue, '--table', table, '--until-empty'])
  expect(await screen.ended).toBe(0)
  const [, said = ''] = stripVTControlCharacters(screen.screen()).split('10 workers of qtool')
  const [start = '', rest] = said.split('Postgres:')
  expect(start.replace(/\s+/g, ' ')).toContain('; the ledger is on; Redis:')
  expect(rest).toBeDefined()
  for (const line of start.split(/\r*\n/)) expect(line.length).toBeLessThanOrEqual(100)
})
