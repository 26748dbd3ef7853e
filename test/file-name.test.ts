import {existsSync} from 'node:fs'
import {expect, it} from 'vitest'
import {writeReports} from '../src/bench/store/report-files.ts'
import {toNewFile} from '../src/cli/new-file.ts'
import {writeBundle} from '../src/doctor/bundle.ts'
import {assertFileName} from '../src/file-name.ts'
import {RejectsFile} from '../src/producer/rejects-file.ts'

it.each([
  ['--output', () => toNewFile('-', (async function* () {})(), undefined)],
  ['--rejects', () => RejectsFile.open('-', [])],
  ['--bundle', () => writeBundle('-', {} as never)],
  ['the report', () => writeReports([], {markdown: '-'})],
])('makes no file called "-" for %s', async (flag, write) => {
  await expect(write()).rejects.toMatchObject({
    kind: 'usage',
    message: `expected a file for ${flag}, got "-"`,
  })
  expect(existsSync('-')).toBe(false)
})

it('takes any other name', () => {
  for (const path of ['a', './-', '/dev/stdout']) assertFileName(path, '--output', '')
})
