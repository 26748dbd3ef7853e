import {existsSync} from 'node:fs'
import {mkdtemp, rename, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {withLock} from '../lock.ts'
import {makeFolder, type StackPaths} from '../paths.ts'
import {run} from '../process.ts'
import {type Apt, withApt} from './apt.ts'
import {libraryFolders, serverEnv} from './libraries.ts'

/** A program that the distribution packages. */
export interface DebianProgram {
  /** Packages to unpack, in this order, until one of the programs is there. */
  packages: string[]
  /** Paths in the packages, e.g. `usr/bin/redis-server`; one of them is enough. */
  programs: string[]
}

/**
 * Unpacks a program of the distribution into `folder`, with the shared libraries that this system lacks; does nothing
 * if `works` says that the program is already there.
 */
export async function unpackProgram(
  wanted: DebianProgram,
  folder: string,
  paths: StackPaths,
  works: () => Promise<boolean>,
): Promise<void> {
  makeFolder(paths.cache, paths.account)
  makeFolder(dirname(folder), paths.account)
  await withLock(join(paths.cache, 'apt.lock'), async () => {
    // Another process may have unpacked the program while this one waited for the lock.
    if (await works()) return
    await rm(folder, {recursive: true, force: true})
    const draft = await mkdtemp(join(dirname(folder), '.draft-'))
    try {
      await withApt(paths.cache, (apt) => fill(wanted, draft, apt))
      await run('chmod', ['-R', 'a+rX', draft])
      await rename(draft, folder)
    } finally {
      await rm(draft, {recursive: true, force: true})
    }
  })
}

async function fill(source: DebianProgram, folder: string, apt: Apt): Promise<void> {
  const {program, names} = await unpackFirst(source, folder, apt)
  const libraries = (await Promise.all(names.map((name) => apt.libraries(name)))).flat()
  const unpacked = new Set<string>()
  // A library may itself need another one; each round unpacks at least one.
  for (;;) {
    const missing = await missingLibraries(program, folder)
    if (missing.length === 0) return
    const others = libraries.filter((library) => !unpacked.has(library))
    const likely = others.filter((library) => missing.some((file) => mayHold(library, file)))
    // A few packages have other names: libcares.so.2 is in libc-ares2
    const wanted = likely.length > 0 ? likely : others
    if (wanted.length === 0) throw new Error(`no package of a library found for ${missing.join(', ')}`)
    for (const library of wanted) {
      await apt.unpack(library, folder)
      unpacked.add(library)
      libraries.push(...(await apt.libraries(library)))
    }
  }
}

async function unpackFirst(
  {packages, programs}: DebianProgram,
  folder: string,
  apt: Apt,
): Promise<{program: string; names: string[]}> {
  const names: string[] = []
  let cause: unknown
  for (const name of packages) {
    try {
      await apt.unpack(name, folder)
      names.push(name)
    } catch (error) {
      cause ??= error
    }
    const program = programs.map((path) => join(folder, path)).find((path) => existsSync(path))
    if (program) return {program, names}
  }
  throw cause ?? new Error(`none of ${packages.join(', ')} holds ${programs.join(' or ')}`)
}

/** File names of shared libraries that the program needs and does not find, e.g. `liblzf.so.1`. */
async function missingLibraries(program: string, folder: string): Promise<string[]> {
  const {stdout} = await run('ldd', [program], {env: serverEnv(libraryFolders(folder))})
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1])
}

/** Debian names a library's package after its file: libjemalloc.so.2 is in libjemalloc2, libssl.so.3 in libssl3t64. */
function mayHold(library: string, file: string): boolean {
  const [, stem = '', version = ''] = /^(.+?)\.so\.?(\d*)/.exec(file.toLowerCase().replaceAll('_', '-')) ?? []
  return stem !== '' && [`${stem}${version}`, `${stem}-${version}`].some((name) => library.startsWith(name))
}
