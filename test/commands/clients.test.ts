import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {cli, cliEnv, cliJson} from '../support/cli.ts'
import {printedIn} from '../support/shells.ts'

const REDIS = 'redis://ann:r%27s@127.0.0.1:7001/3'
const POSTGRES = 'postgres://bob:p%27s%20%5C@db.example:5555/app?sslmode=require'

let folder: string

/** Programs that print how they were called. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qtool-clients-'))
  for (const [name, variables] of [
    ['psql', '$PGHOST $PGPORT $PGUSER $PGDATABASE $PGSSLMODE $PGPASSWORD'],
    ['redis-cli', '$REDISCLI_AUTH'],
  ]) {
    const path = join(folder, name)
    writeFileSync(path, `#!/bin/sh\necho "args:$(printf ' %s' "$@")"\necho "env: ${variables}"\nexit 7\n`)
    chmodSync(path, 0o755)
  }
})

afterAll(() => rmSync(folder, {recursive: true, force: true}))

const env = (path = `${folder}:/usr/bin:/bin`) =>
  cliEnv({REDIS_URL: REDIS, DATABASE_URL: POSTGRES, PATH: path, QTOOL_HOME: folder, QTOOL_CACHE: folder})

describe('the client of a server', () => {
  it('psql gets the settings and the password in its environment, and ends as it ended', async () => {
    expect(await cli(['psql', '--', '-c', 'select 1'], {env: env()})).toEqual({
      code: 7,
      stdout: "args: -c select 1\nenv: db.example 5555 bob app require p's \\\n",
      stderr: '',
    })
  })

  it('redis-cli gets the password in its environment, and the rest as arguments', async () => {
    expect(await cli(['redis-cli', '--', 'dbsize'], {env: env()})).toEqual({
      code: 7,
      stdout: "args: -h 127.0.0.1 -p 7001 -n 3 --user ann dbsize\nenv: r's\n",
      stderr: '',
    })
  })

  it.each([
    [
      'words that repeat',
      ['redis-cli', '--', 'rpush', 'k', 'a', 'b', 'a', '', '--json'],
      'rpush k a b a  --json',
    ],
    ['words without a "--"', ['redis-cli', 'rpush', 'k', 'a', 'b', 'a'], 'rpush k a b a'],
    ['flags that repeat', ['psql', '--', '-c', 'select 1', '-c', 'select 2'], '-c select 1 -c select 2'],
  ])('gets %s as they were typed', async (_, args, passed) => {
    const {stdout} = await cli(args, {env: env()})
    expect(stdout.split('\n')[0].replace(/-h .* --user ann /, '')).toBe(`args: ${passed}`)
  })

  it('is told how its own flags are passed on', async () => {
    const {code, stderr} = await cli(['psql', '-c', 'select 1'], {env: env()})
    expect([code, stderr]).toEqual([2, expect.stringContaining('behind "--": qtool psql -- -c')])
  })

  it.each(['psql', 'redis-cli'])('%s that is not installed is named, with what installs it', async (name) => {
    const {code, stderr} = await cli([name], {env: env('/nonexistent')})
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^qtool: ${name} is not installed\\n.*apt-get install`))
  })
})

describe('qtool env', () => {
  it('prints what a shell reads back, whatever is in the passwords', async () => {
    const {stdout, code} = await cli(['env', '--shell', 'sh'], {env: env()})
    expect(code).toBe(0)
    expect(printedIn('sh', stdout, '"$REDIS_URL" "$DATABASE_URL"')).toBe(`${REDIS}\n${POSTGRES}\n`)
  })

  it('is the same with --json', async () => {
    const {json} = await cliJson(['env', '--shell', 'sh'], {env: env()})
    expect(json).toEqual({shell: 'sh', variables: {REDIS_URL: REDIS, DATABASE_URL: POSTGRES}})
  })
})
