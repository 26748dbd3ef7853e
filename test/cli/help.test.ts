import {execFileSync, spawnSync} from 'node:child_process'
import {closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {cliEnv} from '../support/cli.ts'

const {commands}: {commands: Record<string, unknown>} = JSON.parse(
  readFileSync('oclif.manifest.json', 'utf8'),
)
const ids = Object.keys(commands).map((id) => id.split(':'))

/** With FORCE_COLOR, oclif prints the help itself. */
function help(words: string[], extra: NodeJS.ProcessEnv = {}): string {
  return execFileSync(process.execPath, ['bin/run.js', ...words], {
    encoding: 'utf8',
    env: {...cliEnv(), ...extra},
  })
}

describe('help and version that were written down by the build', () => {
  it.each([
    [['--help']],
    [['-h']],
    [['work', '--help']],
    [['dlq', 'replay', '-h']],
    [['bench', '--help']],
    [['-v']],
  ])('%j are what oclif shows', (words) => {
    expect(help(words)).toBe(help(words, {FORCE_COLOR: '0'}))
  })

  it('are there for every command', async () => {
    const {quickAnswer} = await import(`${process.cwd()}/bin/quick.js`)
    for (const words of ids) {
      expect(quickAnswer([...words, '--help'], {}, {isTTY: false})).toContain(`qtool ${words.join(' ')}`)
      const styled = quickAnswer([...words, '--help'], {TERM: 'xterm'}, {isTTY: true, columns: 100})
      expect(styled).toContain('\u001b[1mUSAGE\u001b[22m')
    }
  })

  it('are left to oclif where another width is needed, or nothing was written down', async () => {
    const {quickAnswer} = await import(`${process.cwd()}/bin/quick.js`)
    expect(quickAnswer(['work', '--help'], {}, {isTTY: true, columns: 60})).toBeUndefined()
    expect(quickAnswer(['work', '--help'], {OCLIF_COLUMNS: '120'}, {isTTY: false})).toBeUndefined()
    expect(quickAnswer(['nope', '--help'], {}, {isTTY: false})).toBeUndefined()
    expect(quickAnswer(['work', '--workers', '2', '--help'], {}, {isTTY: false})).toBeUndefined()
    expect(quickAnswer(['work'], {}, {isTTY: false})).toBeUndefined()
  })
})

describe('the usage of a command', () => {
  it('names every flag in brackets of its own, with no gap', async () => {
    const {quickAnswer} = await import(`${process.cwd()}/bin/quick.js`)
    const usageOf = (words: string[]) =>
      /^USAGE\n(.*?)\n\n/ms.exec(quickAnswer([...words, '--help'], {}, {isTTY: false}))?.[1] ?? ''
    const gaps = ids.map(usageOf).filter((usage) => !usage || /\[\s*\||\|\s*\]|\s\]|\[\s*\]/.test(usage))
    expect(gaps).toEqual([])
  })

  it('leaves to the flags what they need and what they exclude', () => {
    const text = help(['dlq', 'replay', '--help']).replace(/\s+/g, ' ')
    expect(text).toContain('[--canary <value>]')
    expect(text).toMatch(/How long to wait for the canary\. Needs --canary\./)
    expect(text).toMatch(/for "qtool apply"\. Not with --dry-run or --yes\./)
  })
})

describe('the word help', () => {
  it.each([
    [['help'], []],
    [['help', 'work'], ['work']],
    [
      ['help', 'dlq', 'replay'],
      ['dlq', 'replay'],
    ],
    [['help', 'bench'], ['bench']],
    [['help', 'queues', 'x'], ['queues']],
    [['help', '--help'], []],
  ])('%j shows what --help shows', (words, subject) => {
    const asked = help([...subject, '--help'])
    expect(help(words)).toBe(asked)
    expect(help(words, {FORCE_COLOR: '0'})).toBe(asked)
  })
})

describe('help for a command that does not exist', () => {
  it.each([
    [['nope', '--help'], 'nope', undefined],
    [['wrok', '--help'], 'wrok', 'work'],
    [['help', 'wrok'], 'wrok', 'work'],
    [['chekc', 'g2.ndjson', '--help'], 'chekc', 'check'],
    [['dlq', 'lits', '-h'], 'dlq lits', 'dlq list'],
    [['dlq', 'nope', '--help'], 'dlq nope', undefined],
  ])('%j is an unknown command, as without --help', (words, wanted, near) => {
    const {status, stdout, stderr} = spawnSync(process.execPath, ['bin/run.js', ...words], {
      env: cliEnv(),
      encoding: 'utf8',
    })
    expect({status, stdout}).toEqual({status: 2, stdout: ''})
    expect(stderr.split('\n')[0]).toBe(`qtool: unknown command "${wanted}"`)
    if (near) expect(stderr).toContain(`did you mean qtool ${near}?`)
  })

  it('is one with --json, too', () => {
    const {status, stdout} = spawnSync(process.execPath, ['bin/run.js', 'wrok', '--json', '--help'], {
      env: cliEnv(),
      encoding: 'utf8',
    })
    expect(status).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({error: {code: 'USAGE'}})
  })

  it('keeps the help of a command that has its arguments already', () => {
    expect(help(['dlq', 'show', 'some:id', '--help'])).toContain('qtool dlq show')
  })
})

describe('the paragraphs of help', () => {
  it.each([60, 80, 120])('fill a terminal of %i columns', (columns) => {
    const folder = mkdtempSync(join(tmpdir(), 'qtool-help-'))
    const env = {...cliEnv(), OCLIF_COLUMNS: String(columns), FORCE_COLOR: '0'}
    execFileSync(process.execPath, ['bin/help.js', folder], {env})
    const short = readdirSync(folder).flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      const [, description = ''] = /^DESCRIPTION\n(.*?)(?=^[A-Z]|$(?![\s\S]))/ms.exec(text) ?? []
      const lines = description.split('\n')
      // Lines that are broken although the next word would have fitted; oclif leaves two columns free
      return lines.filter((line, i) => {
        const next = lines[i + 1]?.trim().split(' ')[0]
        return line.trim() && next && line.length + 1 + next.length <= columns - 2
      })
    })
    rmSync(folder, {recursive: true})
    expect(short).toEqual([])
  })
})

describe('output that cannot be written', () => {
  const run = (args: string[], stdio: [number | 'pipe', number | 'pipe']) =>
    spawnSync(process.execPath, ['bin/run.js', ...args], {
      env: cliEnv(),
      stdio: ['ignore', ...stdio],
      encoding: 'utf8',
    })

  it.each([['--help'], ['--version'], ['status'], ['status', '--json'], ['queues']])(
    'is an error in one line: qtool %s %s',
    (...args) => {
      const full = openSync('/dev/full', 'w')
      const {status, stderr} = run(args.filter(Boolean), [full, 'pipe'])
      closeSync(full)
      const [last] = stderr.trimEnd().split('\n').slice(-1)
      expect({status, last}).toEqual({
        status: 1,
        last: 'qtool: cannot write the result: ENOSPC: no space left on device, write',
      })
      expect(stderr).not.toContain('    at ')
    },
  )

  it.each([
    [['status'], 0],
    [['nope'], 2],
    [['peek', '--nope'], 2],
  ])('on stderr changes nothing of the exit code: %j ends with %i', (args, code) => {
    const full = openSync('/dev/full', 'w')
    const {status} = run(args, ['pipe', full])
    closeSync(full)
    expect(status).toBe(code)
  })
})

describe('a command that waits though nothing can wake it', () => {
  /** Runs it with a profile file that is never read to its end. */
  const run = (...args: string[]) => {
    const preload = `data:text/javascript,${encodeURIComponent(`
      import fs from 'node:fs/promises'
      import {syncBuiltinESMExports} from 'node:module'
      const {readFile} = fs
      fs.readFile = (path, ...rest) =>
        String(path).endsWith('profiles.json') ? new Promise(() => {}) : readFile(path, ...rest)
      syncBuiltinESMExports()`)}`
    const words = ['--import', preload, 'bin/run.js', ...args]
    return spawnSync(process.execPath, words, {env: cliEnv(), encoding: 'utf8'})
  }

  it('ends as one that failed, and says so', () => {
    const {status, stderr} = run('peek')
    expect({status, stderr}).toEqual({status: 1, stderr: expect.stringContaining('without a result')})
  })

  it('says so with --json as well', () => {
    const {status, stdout} = run('peek', '--json')
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({error: {code: 'UNEXPECTED'}})
  })
})
