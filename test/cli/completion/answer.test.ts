import {writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {cli, cliEnv, newFolder} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {endlessFrom, PATIENT_CLOCK} from '../../support/patient-clock.ts'

const context = useServers()

/** In which Redis has time to answer, however busy the machine is. */
const patientEnv = (more: NodeJS.ProcessEnv = {}) => cliEnv({NODE_OPTIONS: PATIENT_CLOCK, ...more})

const BREAKS = ' \t\n"\'><=;|&(:'

/** What is offered at the end of a line, as fish asks for it; an empty list if the answer is empty. */
async function offered(line: string, env = patientEnv()): Promise<string[]> {
  const words = line.split(' ')
  const {code, stdout, stderr} = await cli(
    ['complete', 'fish', words[words.length - 1], ...words.slice(0, -1)],
    {env},
  )
  expect({code, stderr}).toEqual({code: 0, stderr: ''})
  return stdout
    .split('\n')
    .slice(1, -1)
    .map((one) => one.split('\t')[0])
}

describe('qtool complete', () => {
  it('offers the flags that may still be given', async () => {
    const flags = await offered('qtool purge --dry-run --')
    expect(flags).toContain('--where')
    expect(flags).toContain('--help')
    // The flag itself, and one that excludes it
    expect(flags).not.toContain('--dry-run')
    expect(flags).not.toContain('--plan')
  })

  it('does not offer itself', async () => {
    const names = await offered('qtool co')
    expect(names).toEqual(['completion'])
  })

  it('offers the names of profiles', async () => {
    const path = join(newFolder(), 'profiles.json')
    const profiles = [{name: 'prod-eu', redisUrl: 'redis://localhost'}]
    writeFileSync(path, JSON.stringify({profiles}), {mode: 0o600})
    const env = cliEnv({QTOOL_CONFIG: path})
    expect(await offered('qtool work --profile pr', env)).toEqual(['prod-eu'])
    expect(await offered('qtool profiles use ', env)).toEqual(['prod-eu'])
  })

  it('asks the Redis and the queue that the line names', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.zadd(keys.dead, 1_700_000_000_000, JSON.stringify({code: 'E42'}))
    const env = patientEnv({REDIS_URL: 'redis://127.0.0.1:1'})
    const url = cliEnv().REDIS_URL
    expect(await offered(`qtool dlq list --redis-url=${url} -q ${queue} --code `, env)).toEqual(['E42'])
  })

  it('shows what other programs wrote on one line, and offers none of it that moves the cursor', async () => {
    const {queue, keys} = context.newQueue()
    const letter = JSON.stringify({reason: 'a\nwords\tb\u001b[2J', code: 'c\nd'})
    await context.redis.zadd(keys.dead, 1_700_000_000_000, letter)
    const {stdout} = await cli(['complete', 'fish', '', 'qtool', 'dlq', 'show', '-q', queue], {
      env: patientEnv(),
    })
    expect(stdout).toMatch(/^words\n[\w:.~-]+\ta\\nwords\\tb\\u001b\[2J 2023-11-14T22:13:20\.000Z\n$/)
    expect(await offered(`qtool dlq list -q ${queue} --code `)).toEqual([])
  })

  it('offers what a purge removed, for undo', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.zadd(keys.ready, 1, 'a')
    const {stdout} = await cli(['purge', '-q', queue, '--yes', '--json'])
    expect(await offered(`qtool undo -q ${queue} `)).toEqual([JSON.parse(stdout).trash])
  })

  it('offers fields and operators without a server', async () => {
    const env = cliEnv({REDIS_URL: 'redis://127.0.0.1:1'})
    expect(await offered('qtool peek --where pri', env)).toEqual([
      'priority:',
      'priority>',
      'priority<',
      'priority>=',
      'priority<=',
    ])
    expect(await offered('qtool dlq list --where con', env)).toEqual(['constraint:'])
  })

  it.each([
    ['a Redis that is not there', {REDIS_URL: 'redis://127.0.0.1:1'}],
    ['a host that is not there', {REDIS_URL: 'redis://nowhere.invalid'}],
    ['a URL that is none', {REDIS_URL: '$URL'}],
    ['a variable that is empty', {QTOOL_QUEUE: ''}],
    ['a profile that is not there', {QTOOL_PROFILE: 'nowhere'}],
  ])('says nothing about %s', async (_, env) => {
    expect(await offered('qtool work -q ', cliEnv(env))).toEqual([])
  })

  it('does not wait for a Redis that does not answer', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1')
    await new Promise((done) => server.once('listening', done))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    // Any other command waits 3 s for an answer
    const env = cliEnv({REDIS_URL: `redis://127.0.0.1:${port}`, NODE_OPTIONS: endlessFrom(1000)})
    expect(await offered('qtool work -q ', env)).toEqual([])
    server.close()
  })

  it.each([[[]], [['bash']], [['bash', '']], [['bash', 'qtool nonsense ', BREAKS]], [['tcsh']]])(
    'ends with 0 when asked %j',
    async (words) => {
      const {code, stderr} = await cli(['complete', ...words])
      expect({code, stderr}).toEqual({code: 0, stderr: ''})
    },
  )
})
