import {spawn, spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

const passed = {status: 'passed', assertionResults: [{status: 'passed'}]}
const failed = {status: 'failed', assertionResults: [{status: 'passed'}, {status: 'failed'}]}
const unloadable = {status: 'failed', assertionResults: []}

/** The last line of output, and the exit code. @param codes - exit codes of the tests, and of the other parts */
async function count(report: unknown, ...codes: string[]): Promise<{status: number | null; line?: string}> {
  const folder = await mkdtemp(join(tmpdir(), 'qtool-count-'))
  const path = join(folder, 'tests.json')
  if (report !== undefined)
    await writeFile(path, typeof report === 'string' ? report : JSON.stringify(report))
  const parts = codes.map((code, i) => (i === 0 ? `tests=${code}:${path}` : `part${i}=${code}`))
  const {status, stdout} = spawnSync(process.execPath, ['.ci/count.js', ...parts], {encoding: 'utf8'})
  await rm(folder, {recursive: true})
  return {status, line: stdout.trimEnd().split('\n').at(-1)}
}

it.each([
  [
    'all is well',
    {numPassedTests: 3, numFailedTests: 0, testResults: [passed]},
    ['0', '0'],
    '4 passed, 0 failed',
    0,
  ],
  [
    'a test fails',
    {numPassedTests: 3, numFailedTests: 1, testResults: [failed]},
    ['1', '0'],
    '4 passed, 1 failed',
    1,
  ],
  [
    'a file does not load',
    {numPassedTests: 3, numFailedTests: 0, testResults: [unloadable]},
    ['1', '0'],
    '4 passed, 1 failed',
    1,
  ],
  [
    'lint fails',
    {numPassedTests: 3, numFailedTests: 0, testResults: [passed]},
    ['0', '1'],
    '3 passed, 1 failed',
    1,
  ],
  [
    'several other parts fail',
    {numPassedTests: 3, numFailedTests: 0, testResults: [passed]},
    ['0', '1', '0', '2'],
    '4 passed, 2 failed',
    1,
  ],
  [
    'vitest fails outside of tests',
    {numPassedTests: 3, numFailedTests: 0, testResults: [passed]},
    ['1', '0'],
    '4 passed, 1 failed',
    1,
  ],
  ['vitest dies without a report', undefined, ['134', '0'], '1 passed, 1 failed', 1],
  ['vitest dies while it writes', '{"numPassed', ['1', '0'], '1 passed, 1 failed', 1],
  [
    'there are no tests',
    {numPassedTests: 0, numFailedTests: 0, testResults: []},
    ['0', '0'],
    '1 passed, 1 failed',
    1,
  ],
])('counts when %s', async (_title, report, codes, line, status) => {
  expect(await count(report, ...codes)).toEqual({status, line})
})

it('names what failed, and why', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qtool-count-'))
  const path = join(folder, 'tests.json')
  const test = (status: string) => ({
    status,
    fullName: `is ${status}`,
    failureMessages: ['one\ntwo\nthree\nfour'],
  })
  const file = (name: string, more: object) => ({name: join(process.cwd(), name), status: 'failed', ...more})
  const testResults = [
    file('test/a.test.ts', {assertionResults: [test('passed'), test('failed')]}),
    file('test/b.test.ts', {assertionResults: [], message: 'SyntaxError'}),
  ]
  writeFileSync(path, JSON.stringify({numPassedTests: 1, numFailedTests: 1, testResults}))
  const {stdout} = spawnSync(process.execPath, ['.ci/count.js', `tests=1:${path}`], {encoding: 'utf8'})
  rmSync(folder, {recursive: true})
  expect(stdout.split('\n').slice(0, 6)).toEqual([
    'failed: test/a.test.ts > is failed',
    '  one',
    '  two',
    '  three',
    'failed: test/b.test.ts',
    '  SyntaxError',
  ])
})

describe('processes that outlive their folder', () => {
  async function leftovers(
    graceMs: number,
    ...command: string[]
  ): Promise<{status: number | null; stderr: string}> {
    const folder = await mkdtemp(join(tmpdir(), 'qtool-left-'))
    const child = spawn(command[0], command.slice(1).concat(folder), {stdio: 'ignore'})
    const found = spawnSync(process.execPath, ['.ci/leftovers.js', folder, String(graceMs)], {
      encoding: 'utf8',
    })
    child.kill('SIGKILL')
    await rm(folder, {recursive: true})
    return {status: found.status, stderr: found.stderr}
  }

  it('are named', async () => {
    const {status, stderr} = await leftovers(0, 'tail', '-f', '/dev/null', '--')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^still runs: \d+ tail /)
  })

  it('are none where nothing was left', async () => {
    expect(await leftovers(10_000, 'true')).toEqual({status: 0, stderr: ''})
  })
})

describe('a part of the checks', () => {
  const bounded = (minutes: string, script: string) =>
    spawnSync(process.execPath, ['.ci/bounded.js', minutes, 'sh', '-c', script], {encoding: 'utf8'})

  it('that ends in time ends with its own code', () => {
    expect(bounded('1', 'echo done; exit 3')).toMatchObject({status: 3, stdout: 'done\n', stderr: ''})
  })

  it('that stands still is shown, and ended with all its processes', () => {
    const {status, stdout, stderr} = bounded('0.01', 'sleep 60 & echo $!; wait')
    expect(status).toBe(124)
    expect(stderr).toMatch(/^\nstill running after 0.01 minutes, and ended: sh -c sleep 60/)
    expect(stderr).toMatch(new RegExp(`^ *${stdout.trim()} `, 'm'))
    // Where nobody waits for orphans, what has ended stays a zombie
    expect(spawnSync('ps', ['-o', 'stat=', '-p', stdout.trim()], {encoding: 'utf8'}).stdout).toMatch(
      /^(Z.*\n)?$/,
    )
  })

  it('that takes no notice of SIGTERM is killed', () => {
    expect(bounded('0.01', 'trap "" TERM; while true; do sleep 0.1; done').status).toBe(124)
  })
})
