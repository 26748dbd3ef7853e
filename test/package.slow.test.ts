import {execFileSync} from 'node:child_process'
import {cp, mkdtemp, rm, symlink} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'

const SOURCES = [
  'bin',
  'completions',
  'examples',
  'schemas',
  'src',
  'CHANGELOG.md',
  'LICENSE',
  'package.json',
  'tsconfig.json',
  'tsconfig.page.json',
  'tsconfig.page.build.json',
]

let folder: string
let packed: {filename: string; files: Array<{path: string}>}
let qtool: string

// Packs a copy: the build must not replace dist while other tests run.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qtool-package-'))
  const copy = join(folder, 'copy')
  for (const name of SOURCES) await cp(name, join(copy, name), {recursive: true})
  await symlink(resolve('node_modules'), join(copy, 'node_modules'))
  const output = npm(copy, 'pack', '--json', '--silent', '--pack-destination', folder)
  packed = JSON.parse(output.slice(output.indexOf('[\n')))[0]
  // The optional local Postgres is large, and nothing here starts it.
  const options = ['--global', '--prefix', join(folder, 'prefix'), '--prefer-offline', '--omit=optional']
  npm(folder, 'install', ...options, '--no-audit', '--no-fund', '--silent', join(folder, packed.filename))
  qtool = join(folder, 'prefix', 'bin', 'qtool')
}, 120_000)

afterAll(() => rm(folder, {recursive: true, force: true}))

function npm(cwd: string, ...args: string[]): string {
  // "prepack" builds the copy; "prepare" would look at the packages of this checkout, to which the copy has a link
  const env = {...process.env, QTOOL_SETUP: '1'}
  return execFileSync('npm', args, {cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']})
}

it('holds what runs, and nothing of the workshop', () => {
  const paths = packed.files.map((file) => file.path)
  for (const path of [
    'bin/run.js',
    'completions/qtool.bash',
    'dist/LICENSES.txt',
    'dist/commands/peek.js',
    'dist/page/index.html',
    'dist/page/main.js',
    'oclif.manifest.json',
    'schemas/bench-run.json',
    'schemas/plan.json',
    'schemas/profiles.json',
    'LICENSE',
  ]) {
    expect(paths).toContain(path)
  }
  const stray = paths.filter((path) => /^(src|test|\.ci|benchmarks)\/|\.ts$|qtool-built|setup\.js/.test(path))
  expect(stray).toEqual([])
})

it('installs, and says its version and its help', () => {
  const version = execFileSync(qtool, ['--version'], {encoding: 'utf8'})
  expect(version).toMatch(/^qtool\/\d+\.\d+\.\d+ /)
  const help = execFileSync(qtool, ['--help'], {encoding: 'utf8'})
  for (const command of ['enqueue', 'work', 'inspect', 'dlq', 'profiles']) expect(help).toContain(command)
})

it('knows its commands from the manifest', () => {
  const help = execFileSync(qtool, ['dlq', 'list', '--help'], {encoding: 'utf8'})
  expect(help).toContain('--reason')
})
