import {spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qtool-global-'))
})

afterAll(() => rmSync(folder, {recursive: true, force: true}))

it.each([
  ['', []],
  [' that runs no scripts', ['--ignore-scripts']],
])(
  'npm install --global%s makes qtool of a fresh clone',
  (_, options) => {
    const clone = join(folder, `clone${options.length}`)
    const prefix = join(folder, `prefix${options.length}`)
    const run = (command: string, args: string[], cwd = clone) => {
      const {status, stdout, stderr} = spawnSync(command, args, {cwd, encoding: 'utf8'})
      expect(status, stderr).toBe(0)
      return stdout
    }
    run('git', ['clone', '--quiet', process.cwd(), clone], folder)
    expect(existsSync(join(clone, 'dist'))).toBe(false)
    run('npm', ['install', '--global', '--prefix', prefix, ...options, '.'])
    expect(run(join(prefix, 'bin', 'qtool'), ['--version'])).toMatch(/^qtool\//)
    expect(run(join(prefix, 'bin', 'qtool'), ['dlq', 'list', '--help'])).toContain('USAGE')
  },
  300_000,
)
