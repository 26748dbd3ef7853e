// Makes a checkout ready to run: installs what package-lock.json names and builds, each only when needed.
// Plain JavaScript without dependencies, because nothing is installed yet when it runs.
import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const SOURCES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.page.json',
  'tsconfig.page.build.json',
  'bin/bundle.js',
  'bin/page.js',
  'bin/manifest.js',
  'bin/help.js',
  'src',
]
const STAMP = 'dist/.qtool-built'

// What npm starts from here has its own "prepare" script, which is this file
if (process.env.QTOOL_SETUP) process.exit()
const env = {...process.env, QTOOL_SETUP: '1'}
// "npm install --global ." passes these on, and they would send the packages of qtool elsewhere, too
for (const name of Object.keys(env)) if (/^npm_config_(global|prefix|location)$/i.test(name)) delete env[name]

if (!isInstalled()) install()
const sources = digest(SOURCES)
if (read(STAMP) !== sources) {
  build()
  writeFileSync(join(root, STAMP), sources)
}

/** npm keeps a list of what it installed, and writes it last; packages for other systems are not in it. */
function isInstalled() {
  const installed = read('node_modules/.package-lock.json')
  if (installed === undefined) return false
  const found = JSON.parse(installed).packages
  return Object.entries(JSON.parse(read('package-lock.json')).packages).every(
    ([path, {version, optional}]) => path === '' || optional || found[path]?.version === version,
  )
}

/**
 * `npm ci` refuses a lock file that lacks the packages for other systems, as one does that was written with a registry
 * that does not carry them; `npm install` takes the same versions, and with --no-save leaves the lock file alone.
 */
function install() {
  const flags = ['--no-audit', '--no-fund', '--loglevel=error']
  process.stderr.write('qtool: installing packages\n')
  if (spawnSync('npm', ['ci', ...flags], {cwd: root, env, stdio: 'ignore'}).status === 0) return
  npm('install', '--no-save', ...flags)
}

function build() {
  process.stderr.write('qtool: building\n')
  // Otherwise a command whose source was deleted would stay.
  rmSync(join(root, 'dist'), {recursive: true, force: true})
  npm('run', '--silent', 'build')
}

function npm(...args) {
  // What npm prints goes to stderr: stdout belongs to the command that comes after.
  const {status, error} = spawnSync('npm', args, {cwd: root, env, stdio: ['ignore', 2, 2]})
  if (status === 0) return
  const why = error ? `: ${error.message}` : '; what it said is above'
  process.stderr.write(`qtool: npm ${args.join(' ')} failed${why}\n`)
  process.exit(1)
}

function read(path) {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

function digest(paths) {
  const hash = createHash('sha256')
  for (const path of paths) add(hash, path)
  return hash.digest('hex')
}

function add(hash, path) {
  const content = read(path)
  if (content !== undefined) {
    hash.update(`${path}\0${content.length}\0${content}`)
    return
  }
  for (const name of readdirSync(join(root, path)).sort()) add(hash, join(path, name))
}
