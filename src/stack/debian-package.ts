import {existsSync} from 'node:fs'
import {mkdtemp, rename, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {type Apt, withApt} from './apt.ts'
import {libraryFolders, serverEnv} from './libraries.ts'
import {withLock} from './lock.ts'
import {makeFolder, type StackPaths} from './paths.ts'
import {run} from './process.ts'

/**
 * Packages that hold the server between them: in Debian `redis-server` is a link in the package of that name to a
 * program in `redis-tools`.
 */
const PACKAGES = ['redis-tools', 'redis-server', 'valkey-tools', 'valkey-server']
const PROGRAMS = ['redis-server', 'valkey-server']

/**
 * Unpacks the distribution's Redis (or Valkey), and the shared libraries that this system lacks, into `folder`, unless
 * what is there by then `works`.
 */
export async function unpackRedis(
  folder: string,
  paths: StackPaths,
  works: () => Promise<boolean>,
): Promise<void> {
  makeFolder(paths.cache, paths.account)
  makeFolder(dirname(folder), paths.account)
  await withLock(join(paths.cache, 'apt.lock'), async () => {
    // Somebody else may have done it while this one waited.
    if (await works()) return
    await rm(folder, {recursive: true, force: true})
    const draft = await mkdtemp(join(dirname(folder), '.draft-'))
    try {
      await withApt(paths.cache, (apt) => fill(draft, apt))
      await run('chmod', ['-R', 'a+rX', draft])
      await rename(draft, folder)
    } finally {
      await rm(draft, {recursive: true, force: true})
    }
  })
}

async function fill(folder: string, apt: Apt): Promise<void> {
  const {program, names} = await unpackServer(folder, apt)
  const libraries = (await Promise.all(names.map((name) => apt.libraries(name)))).flat()
  const unpacked = new Set<string>()
  // A library may lack another one in turn; each round brings at least one.
  for (;;) {
    const missing = await missingLibraries(program, folder)
    if (missing.length === 0) return
    const mayHelp = (library: string) => missing.some((file) => mayHold(library, file))
    const wanted = libraries.filter((library) => !unpacked.has(library) && mayHelp(library))
    if (wanted.length === 0) throw new Error(`no package of a library found for ${missing.join(', ')}`)
    for (const library of wanted) {
      await apt.unpack(library, folder)
      unpacked.add(library)
      libraries.push(...(await apt.libraries(library)))
    }
  }
}

async function unpackServer(folder: string, apt: Apt): Promise<{program: string; names: string[]}> {
  const names: string[] = []
  let cause: unknown
  for (const name of PACKAGES) {
    try {
      await apt.unpack(name, folder)
      names.push(name)
    } catch (error) {
      cause ??= error
    }
    const program = PROGRAMS.map((file) => join(folder, 'usr', 'bin', file)).find((path) => existsSync(path))
    if (program) return {program, names}
  }
  throw cause ?? new Error(`none of ${PACKAGES.join(', ')} holds a server`)
}

/** File names of shared libraries that the program asks for and does not find, e.g. `liblzf.so.1`. */
async function missingLibraries(program: string, folder: string): Promise<string[]> {
  const {stdout} = await run('ldd', [program], {env: serverEnv(libraryFolders(folder))})
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1])
}

/** Debian names a library's package after its file: libjemalloc.so.2 is in libjemalloc2, libssl.so.3 in libssl3t64. */
function mayHold(library: string, file: string): boolean {
  const [, stem = '', version = ''] = /^(.+?)\.so\.?(\d*)/.exec(file.toLowerCase().replaceAll('_', '-')) ?? []
  return stem !== '' && [`${stem}${version}`, `${stem}-${version}`].some((name) => library.startsWith(name))
}
