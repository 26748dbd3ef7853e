import {spawnSync} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, it} from 'vitest'

const passed = {status: 'passed', assertionResults: [{status: 'passed'}]}
const failed = {status: 'failed', assertionResults: [{status: 'passed'}, {status: 'failed'}]}
const unloadable = {status: 'failed', assertionResults: []}

async function count(report: unknown, ...codes: string[]): Promise<{status: number | null; stdout: string}> {
  const folder = await mkdtemp(join(tmpdir(), 'qtool-count-'))
  const path = join(folder, 'tests.json')
  if (report !== undefined)
    await writeFile(path, typeof report === 'string' ? report : JSON.stringify(report))
  const {status, stdout} = spawnSync(process.execPath, ['.ci/count.js', path, ...codes], {encoding: 'utf8'})
  await rm(folder, {recursive: true})
  return {status, stdout}
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
  expect(await count(report, ...codes)).toEqual({status, stdout: `${line}\n`})
})
