// Makes a fresh checkout ready to run: installs what package-lock.json names and builds, each only when needed.
// Plain JavaScript without dependencies, because nothing is installed yet when it runs.
import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

step('node_modules/.qtool-installed', ['package-lock.json'], 'installing packages', [
  'ci',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
])
step('dist/.qtool-built', ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'src'], 'building', ['run', '--silent', 'build'])

/** Runs npm unless the stamp holds the hash of the inputs. */
function step(stamp, inputs, what, args) {
  const path = join(root, stamp)
  const wanted = digest(inputs)
  if (existsSync(path) && readFileSync(path, 'utf8') === wanted) return
  process.stderr.write(`qtool: ${what}\n`)
  const {status} = spawnSync('npm', args, {cwd: root, stdio: ['ignore', 2, 2]})
  if (status !== 0) {
    process.stderr.write(`qtool: npm ${args[0]} failed; its output is above\n`)
    process.exit(status ?? 1)
  }
  mkdirSync(dirname(path), {recursive: true})
  writeFileSync(path, wanted)
}

function digest(inputs) {
  const hash = createHash('sha256')
  for (const input of inputs) add(hash, join(root, input))
  return hash.digest('hex')
}

function add(hash, path) {
  try {
    for (const name of readdirSync(path).sort()) add(hash, join(path, name))
  } catch {
    hash.update(path.slice(root.length)).update(readFileSync(path))
  }
}
