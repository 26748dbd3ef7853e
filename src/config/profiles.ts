import {randomUUID} from 'node:crypto'
import {chmod, mkdir, readFile, rename, stat, writeFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import {dirname, join} from 'node:path'
import {QtoolError, usageError} from '../errors.ts'

/** Named settings. URLs may be `${VARIABLE}`, read when they are used. */
export interface Profile {
  name: string
  mode: 'normal' | 'production' | 'read-only'
  redisUrl?: string
  databaseUrl?: string
  redisMaxConnections?: number
  queue?: string
  table?: string
  records?: string
  rename?: Record<string, string>
}

/** What the profile file holds. */
export interface ProfileBook {
  /** Used where no other is named. */
  current?: string
  profiles: Profile[]
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

/** @throws QtoolError (usage) */
export function assertProfileName(name: string): string {
  if (NAME.test(name) && name !== '__proto__') return name
  throw usageError(
    `expected a profile name of letters, digits, "_", "." and "-" (1 to 64), got ${JSON.stringify(name)}`,
  )
}

/** Path of the profile file: QTOOL_CONFIG, else qtool/profiles.json in the user's configuration folder. */
export function profilePath(env: NodeJS.ProcessEnv): string {
  if (env.QTOOL_CONFIG) return env.QTOOL_CONFIG
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'qtool', 'profiles.json')
}

/** @throws QtoolError where the file holds secrets that others may read, or is not a profile file. */
export async function readProfiles(path: string): Promise<ProfileBook> {
  let text: string
  try {
    const {mode} = await stat(path)
    if ((mode & 0o077) !== 0) throw openToOthers(path, mode)
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {profiles: []}
    throw error
  }
  try {
    const book: ProfileBook = JSON.parse(text)
    if (Array.isArray(book.profiles)) return book
  } catch {}
  throw new QtoolError(`expected ${path} to hold profiles, found something else`, {
    code: 'BAD_PROFILES',
    suggestions: ['move the file away and add the profiles again with qtool profiles add'],
  })
}

function openToOthers(path: string, mode: number): QtoolError {
  const bits = (mode & 0o777).toString(8)
  return new QtoolError(`expected ${path} to be readable by its owner alone, found mode ${bits}`, {
    code: 'OPEN_PROFILES',
    kind: 'refused',
    suggestions: [`chmod 600 ${path}`],
  })
}

/** Writes the file whole or not at all, readable by its owner alone. */
export async function writeProfiles(path: string, book: ProfileBook): Promise<void> {
  await mkdir(dirname(path), {recursive: true, mode: 0o700})
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, `${JSON.stringify(book, null, 2)}\n`, {mode: 0o600, flag: 'wx'})
  await chmod(draft, 0o600)
  await rename(draft, path)
}

/** @throws QtoolError (usage) where there is no such profile. */
export function findProfile(book: ProfileBook, name: string): Profile {
  const found = book.profiles.find((profile) => profile.name === name)
  if (found) return found
  const known = book.profiles.map((profile) => profile.name).join(', ') || 'none'
  throw usageError(
    `expected a profile named ${JSON.stringify(name)}, found ${known}`,
    'qtool profiles list shows them',
  )
}

/** A profile with its `${VARIABLE}` URLs filled in. @throws QtoolError where a variable is not set. */
export function expandProfile(profile: Profile, env: NodeJS.ProcessEnv): Profile {
  const expand = (field: string, value: string | undefined) => {
    const name = value && /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(value)?.[1]
    if (!name) return value
    const found = env[name]
    if (found) return found
    throw new QtoolError(`profile "${profile.name}" takes its ${field} from ${name}, which is not set`, {
      code: 'NO_SETTING',
      kind: 'usage',
      suggestions: [`set ${name}, or name the URL with a flag`],
    })
  }
  return {
    ...profile,
    redisUrl: expand('Redis URL', profile.redisUrl),
    databaseUrl: expand('Postgres URL', profile.databaseUrl),
  }
}
