import {randomUUID} from 'node:crypto'
import {existsSync} from 'node:fs'
import {mkdir, mkdtemp, readdir, rename, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {libraryFolders, libraryPath} from './libraries.ts'
import {run} from './process.ts'

/** Packages that hold the server, best first; in Debian `redis-server` is only the service of `redis-tools`. */
const SERVERS = ['redis-tools', 'valkey-tools', 'redis-server', 'valkey-server']

/**
 * Unpacks the distribution's Redis (or Valkey) and the shared libraries it misses into `folder`. Needs apt and
 * dpkg, but no root: the package lists are kept in `cache`, so that nothing of the system is touched.
 */
export async function unpackRedis(folder: string, cache: string): Promise<void> {
  const apt = await openApt(cache)
  const draft = join(dirname(folder), `.${randomUUID()}`)
  await mkdir(draft, {recursive: true, mode: 0o755})
  try {
    for (const name of SERVERS) {
      if (serverIn(draft)) break
      await apt.unpack([name], draft).catch(() => {})
    }
    const server = serverIn(draft)
    if (!server) throw new Error('no package of this distribution holds a Redis server')
    // What it lacks on this system, and what that lacks in turn.
    for (let round = 0; round < 2; round++) {
      if (!(await missesLibraries(server, draft))) break
      const wanted = await apt.libraries(SERVERS)
      for (const name of wanted) await apt.unpack([name], draft).catch(() => {})
    }
    await run('chmod', ['-R', 'a+rX', draft])
    await rename(draft, folder).catch(() => {})
  } finally {
    await rm(draft, {recursive: true, force: true})
    await apt.close()
  }
}

function serverIn(folder: string): string | undefined {
  return ['redis-server', 'valkey-server']
    .map((name) => join(folder, 'usr', 'bin', name))
    .find((path) => existsSync(path))
}

async function missesLibraries(server: string, folder: string): Promise<boolean> {
  const {stdout} = await run('ldd', [server], {env: libraryPath(libraryFolders(folder))})
  return stdout.includes('not found')
}

interface Apt {
  unpack(names: string[], target: string): Promise<void>
  /** Shared library packages that any of these depends on. */
  libraries(names: string[]): Promise<string[]>
  close(): Promise<void>
}

/** apt with its own lists; everything else as the system says. */
async function openApt(cache: string): Promise<Apt> {
  const state = join(cache, 'apt')
  await mkdir(join(state, 'lists', 'partial'), {recursive: true})
  await mkdir(join(state, 'archives', 'partial'), {recursive: true})
  const options = [
    `Dir::State::lists=${join(state, 'lists')}`,
    `Dir::Cache=${state}`,
    `Dir::Cache::archives=${join(state, 'archives')}`,
    // Downloads as this user: root's deputy for downloads may not enter these folders
    `APT::Sandbox::User=${process.getuid?.() === 0 ? 'root' : ''}`,
    'Acquire::Retries=2',
  ].flatMap((option) => ['-o', option])
  const folder = await mkdtemp(join(tmpdir(), 'qtool-apt-'))
  await run('apt-get', [...options, '-qq', 'update'], {cwd: folder, timeout: 120_000})
  return {
    async unpack(names, target) {
      const before = new Set(await readdir(folder))
      await run('apt-get', [...options, '-qq', 'download', ...names], {cwd: folder, timeout: 120_000})
      for (const file of await readdir(folder)) {
        if (!before.has(file)) await run('dpkg', ['-x', join(folder, file), target])
      }
    },
    async libraries(names) {
      const {stdout} = await run('apt-cache', [...options, 'depends', ...names], {cwd: folder}).catch(() => ({
        stdout: '',
      }))
      const found = [...stdout.matchAll(/^\s+\|?Depends: (lib[^\s<>]+)$/gm)].map((match) => match[1])
      return [...new Set(found)].filter((name) => !/^libc6/.test(name))
    },
    close: () => rm(folder, {recursive: true, force: true}),
  }
}
