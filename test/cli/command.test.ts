import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Flags} from '@oclif/core'
import {describe, expect, inject, it} from 'vitest'
import {QtoolCommand} from '../../src/cli/command.ts'
import {connectionFlags, queueFlag} from '../../src/cli/shared-flags.ts'
import {type ErrorKind, EXIT_CODES, QtoolError} from '../../src/errors.ts'
import {runCommand} from '../support/run-command.ts'

/** Stands for any command: throws what it is told to, else asks Redis. */
class Probe extends QtoolCommand<{text: string}> {
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    fail: Flags.string(),
    end: Flags.string(),
    text: Flags.string({default: 'fine'}),
    limit: Flags.integer({min: 1}),
    write: Flags.boolean(),
    postgres: Flags.boolean(),
    late: Flags.string(),
  }

  async run(): Promise<{text: string}> {
    const {flags} = await this.parse(Probe)
    if (flags.fail === 'plain') throw new Error(`broken with ${flags.text}`)
    if (flags.fail) {
      const kind = flags.fail as ErrorKind
      throw new QtoolError(`expected a, got ${flags.text}`, {
        code: 'A_CODE',
        kind,
        suggestions: [`do ${flags.text}`],
      })
    }
    const settings = await this.settings(flags)
    if (flags.late) throw new Error(flags.late)
    if (flags.write) this.writing(settings)
    if (flags.end) this.endAs(flags.end as ErrorKind)
    else if (flags.postgres) await this.withPostgres(settings, {max: 1}, (pool) => pool.query('SELECT 1'))
    else if (!flags.write) await this.withRedis(settings, (redis) => redis.ping())
    this.log(flags.text)
    return {text: flags.text}
  }
}

const both = async (argv: string[], env: Record<string, string> = {}) => ({
  text: await runCommand(Probe, argv, env),
  json: await runCommand(Probe, [...argv, '--json'], env),
})

describe('exit codes are the same in text and with --json', () => {
  it('match the documented table', () => {
    expect(EXIT_CODES).toEqual({
      failure: 1,
      usage: 2,
      partial: 3,
      connect: 4,
      check: 5,
      refused: 6,
      measurement: 7,
      interrupted: 130,
    })
  })

  it.each(Object.entries(EXIT_CODES).filter(([kind]) => kind !== 'interrupted'))(
    'a %s is %i',
    async (kind, code) => {
      const {text, json} = await both(['--fail', kind])
      expect([text.code, json.code]).toEqual([code, code])
      expect(text).toMatchObject({stdout: '', stderr: 'qtool: expected a, got fine\n  → do fine\n'})
      expect(json.json).toEqual({
        error: {code: 'A_CODE', message: 'expected a, got fine', suggestions: ['do fine']},
      })
      expect(json.stderr).toBe('')
    },
  )

  it.each(Object.entries(EXIT_CODES))(
    'a result that ends as %s is %i, and still a result',
    async (kind, code) => {
      const {text, json} = await both(['--end', kind])
      expect([text.code, json.code]).toEqual([code, code])
      expect(text.stdout).toBe('fine\n')
      expect(json.json).toEqual({text: 'fine'})
    },
  )

  it.each([
    ['success', [], 0],
    ['an error nobody foresaw', ['--fail', 'plain'], 1],
    ['an unknown flag', ['--nope'], 2],
    ['an argument too many', ['extra'], 2],
    ['a flag without its value', ['--redis-url'], 2],
    ['a number that is none', ['--limit', 'abc'], 2],
    ['a number out of range', ['--limit', '0'], 2],
    ['an unknown profile', ['--profile', 'nope'], 2],
    ['a Redis that is not there', ['--redis-url', 'redis://127.0.0.1:1'], 4],
    ['a Postgres that is not there', ['--postgres', '--database-url', 'postgres://127.0.0.1:1/x'], 4],
  ])('%s', async (_title, argv, code) => {
    const {text, json} = await both(argv, {REDIS_URL: inject('redisUrl')})
    expect([text.code, json.code]).toEqual([code, code])
    if (code === 0) return
    expect(text.stdout).toBe('')
    expect(text.stderr).toMatch(/^qtool: .+\n( {2}→ .+\n)+$/)
    expect(json.json).toEqual({
      error: {code: expect.any(String), message: expect.any(String), suggestions: expect.any(Array)},
    })
  })

  it('no setting at all names the four places', async () => {
    const {text, json} = await both([])
    expect([text.code, json.code]).toEqual([2, 2])
    for (const place of ['--redis-url', 'REDIS_URL', 'profiles', 'qtool up'])
      expect(text.stderr).toContain(place)
  })
})

describe('messages', () => {
  it.each([
    [['--nope'], 'unknown flag --nope'],
    [['extra'], 'unexpected argument "extra"'],
    [['--limit', 'abc'], 'expected --limit to be an integer, got "abc"'],
    [['--limit', '0'], 'expected --limit to be an integer greater than or equal to 1, got "0"'],
    [['--redis-url'], '--redis-url needs a value'],
  ])('about %j say what was expected and what came', async (argv, message) => {
    const {stderr} = await runCommand(Probe, argv)
    expect(stderr).toBe(`qtool: ${message}\n  → --help shows what the command takes\n`)
  })

  it('show a stack only under DEBUG', async () => {
    const plain = await runCommand(Probe, ['--fail', 'plain'])
    const traced = await runCommand(Probe, ['--fail', 'plain'], {DEBUG: 'qtool'})
    expect(plain.stderr).not.toContain('command.test.ts')
    expect(traced.stderr).toContain('command.test.ts')
  })

  it('cannot steer a terminal, as text or as JSON', async () => {
    const text = 'a\u001b[2Jb\u009b1mc\u202ed\re\u007f'
    const {text: shown, json} = await both(['--fail', 'check', '--text', text])
    for (const output of [shown.stderr, json.stdout])
      expect(output).not.toMatch(/[\u001b\u009b\u202e\r\u007f]/)
  })

  it('and results as JSON hold every character, escaped', async () => {
    const text = 'a\u001b[2Jb\u009b1mc\u202ed\u2028e\u007f"\ud800'
    const outcome = await runCommand(Probe, ['--end', 'check', '--json', '--text', text])
    expect(outcome.json).toEqual({text})
    expect(outcome.stdout).not.toMatch(/[\u001b\u007f-\u009f\u202e\u2028]/)
  })
})

describe('secrets', () => {
  const secret = 'S3cr%40et/x'
  const forms = ['S3cr', encodeURIComponent('S3cr@et/x')]
  const env = {
    REDIS_URL: `redis://u:S3cr%40et%2Fx@127.0.0.1:1`,
    DATABASE_URL: 'postgres://u:S3cr@127.0.0.1:1/x',
  }

  it.each([
    ['an unknown flag', ['--nope']],
    ['a dead Redis', []],
    ['a dead Postgres', ['--postgres']],
    ['a URL that is none', ['--redis-url', `http://u:${secret}@h`]],
    ['a URL as an argument', [`redis://u:${secret}@h`]],
    ['a message that names the password', ['--fail', 'plain', '--text', 'S3cr@et/x']],
    ['a suggestion that names the password', ['--fail', 'check', '--text', 'S3cr%40et%2Fx']],
    ['a stack', ['--fail', 'plain', '--text', 'S3cr@et/x']],
  ])('never show in %s', async (title, argv) => {
    const {text, json} = await both(argv, {...env, DEBUG: title === 'a stack' ? 'qtool' : ''})
    for (const output of [text.stdout, text.stderr, json.stdout, json.stderr]) {
      for (const form of forms) expect(output).not.toContain(form)
    }
    expect(json.json).toHaveProperty('error.message')
  })

  it('of a flag never show in a later message', async () => {
    const argv = ['--redis-url', 'redis://u:fl%40gged@h', '--fail', 'plain', '--text', 'fl@gged']
    expect((await runCommand(Probe, argv)).stderr).toContain('broken with ****')
  })

  it('of a profile never show in a later message', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qtool-command-'))
    const path = join(folder, 'profiles.json')
    const profile = {name: 'prod', redisUrl: 'redis://:pr0filed@h'}
    await writeFile(path, JSON.stringify({profiles: [profile]}), {mode: 0o600})
    const outcome = await runCommand(Probe, ['--profile', 'prod', '--late', 'no pr0filed'], {
      QTOOL_CONFIG: path,
    })
    await rm(folder, {recursive: true})
    expect(outcome.stderr).toContain('qtool: no ****\n')
  })

  it('in a flag are warned of, since others can see them', async () => {
    const url = inject('redisUrl')
    const flagged = await runCommand(Probe, ['--redis-url', url])
    expect(flagged).toMatchObject({
      code: 0,
      stdout: 'fine\n',
      stderr: expect.stringContaining('holds a password'),
    })
    const hidden = await runCommand(Probe, [], {REDIS_URL: url})
    expect(hidden).toMatchObject({code: 0, stdout: 'fine\n', stderr: ''})
  })
})

describe('a write', () => {
  it('names a target that is not this machine, without its password', async () => {
    const env = {REDIS_URL: 'redis://u:S3cr@cache.example:6379', DATABASE_URL: 'postgres://127.0.0.1/x'}
    const {stderr} = await runCommand(Probe, ['--write'], env)
    expect(stderr).toBe('writing to redis://u:****@cache.example:6379 (environment)\n')
  })

  it('to this machine says nothing', async () => {
    const {stderr} = await runCommand(Probe, ['--write'], {REDIS_URL: 'redis://localhost'})
    expect(stderr).toBe('')
  })
})

describe('the program', () => {
  const start = (argv: string[], env = {}) =>
    spawnSync(process.execPath, ['bin/run.js', ...argv], {encoding: 'utf8', env: {...process.env, ...env}})

  it('refuses an unknown command with 2, in text and as JSON, and knows what was meant', () => {
    const text = start(['inspekt'])
    const json = start(['inspekt', '--json'])
    expect([text.status, json.status]).toEqual([2, 2])
    expect(text.stderr).toBe(
      'qtool: unknown command "inspekt"\n  → did you mean qtool inspect?\n  → qtool --help lists the commands\n',
    )
    expect(JSON.parse(json.stdout).error).toMatchObject({code: 'USAGE'})
  })

  it('keeps what follows an unknown command to itself', () => {
    const {stdout, stderr} = start(['redis://u:S3cr@h', '--json'])
    expect(stdout + stderr).not.toContain('S3cr')
  })

  it('keeps the password out of the log of ioredis', () => {
    const {stdout, stderr} = start(['peek'], {DEBUG: '*', REDIS_URL: 'redis://:S3cr@127.0.0.1:1'})
    expect(stderr).toContain('oclif')
    expect(stderr + stdout).not.toContain('ioredis:')
    expect(stderr + stdout).not.toContain('S3cr')
  })

  it('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, ['bin/run.js', '--help'])
    child.stdout.destroy()
    let stderr = ''
    child.stderr.on('data', (text) => {
      stderr += text
    })
    const [code] = await once(child, 'close')
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
  })
})
