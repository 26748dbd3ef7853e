import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {chown, mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {QtoolError} from '../../errors.ts'
import type {Account} from '../account.ts'
import {outputOf, run} from '../process.ts'
import {serverEnv} from '../redis/libraries.ts'
import type {ServerPlace} from '../server.ts'

/** Names of drafts start with this; a leftover draft is from an `up` that was killed. */
const DRAFT = '.draft-initdb-'

/** Sorts by bytes instead of by the rules of a language, so that comparing text is one memcmp. */
const BYTE_ORDER = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']

/**
 * Makes the data folder with initdb, whole or not at all. Must not run twice at the same time.
 * @param locale - flags of initdb; the default ones need Postgres 17
 * @throws QtoolError `NO_INITDB`
 */
export async function initialise(
  binaries: string,
  place: ServerPlace,
  locale: string[] = BYTE_ORDER,
): Promise<void> {
  const parent = dirname(place.folder)
  for (const name of await readdir(parent)) {
    if (name.startsWith(DRAFT)) await rm(join(parent, name), {recursive: true, force: true})
  }
  const draft = await mkdtemp(join(parent, DRAFT))
  const passwordFile = `${draft}.password`
  await writeFile(passwordFile, place.password, {mode: 0o600})
  try {
    for (const path of [draft, passwordFile]) await give(path, place.account)
    const args = [...initdbArgs(draft, passwordFile), ...locale]
    await run(join(binaries, 'bin', 'initdb'), args, {
      cwd: '/',
      env: serverEnv(),
      ...place.account,
    })
    await rename(draft, place.folder)
  } catch (error) {
    throw new QtoolError(`initdb could not make ${place.folder}: ${outputOf(error)}`, {
      code: 'NO_INITDB',
      cause: error,
    })
  } finally {
    await rm(draft, {recursive: true, force: true})
    await rm(passwordFile, {force: true})
  }
}

function initdbArgs(folder: string, passwordFile: string): string[] {
  return [
    ...['-D', folder, '-U', 'postgres', '-E', 'UTF8'],
    ...['--auth=scram-sha-256', `--pwfile=${passwordFile}`],
  ]
}

async function give(path: string, account: Account | undefined): Promise<void> {
  if (account) await chown(path, account.uid, account.gid)
}

/** @throws QtoolError if another major version made the data folder */
export async function assertSameMajor(folder: string, version: string): Promise<void> {
  const file = join(folder, 'PG_VERSION')
  if (!existsSync(file)) return
  const made = (await readFile(file, 'utf8')).trim()
  if (version.startsWith(`PostgreSQL ${made}.`)) return
  throw new QtoolError(`the data in ${folder} was created by PostgreSQL ${made}, but this is ${version}`, {
    code: 'OTHER_VERSION',
    suggestions: ['qtool down --purge removes it; the qtool version that created it can still use it'],
  })
}

/** Sets the password of `postgres` without knowing the old one; the server must be down. */
export async function resetPassword(
  binaries: string,
  {folder, password, account}: ServerPlace,
): Promise<void> {
  const child = spawn(join(binaries, 'bin', 'postgres'), ['--single', '-D', folder, 'postgres'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: serverEnv(),
    ...account,
  })
  const ended = once(child, 'exit')
  child.stdin.end(`ALTER ROLE postgres PASSWORD '${password}'\n`)
  const [code]: unknown[] = await ended
  if (code === 0) return
  throw new QtoolError(`could not set a new password for the data in ${folder}`, {code: 'NO_PASSWORD'})
}
