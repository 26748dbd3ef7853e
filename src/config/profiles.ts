import {randomUUID} from 'node:crypto'
import {existsSync} from 'node:fs'
import {mkdir, readFile, realpath, rename, stat, writeFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import {dirname, join} from 'node:path'
import {QtoolError, usageError} from '../errors.ts'
import {didYouMean} from '../nearest.ts'
import {bookOf, type ExpandedProfile, type Profile, type ProfileBook} from './profile.ts'
import {editedText, newText, parseText} from './profile-text.ts'
import {hasPassword} from './secrets.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

/** @throws QtoolError (usage) */
export function assertProfileName(name: string): string {
  if (NAME.test(name)) return name
  throw usageError(
    `expected a profile name of letters, digits, "_", "." and "-" (1 to 64), got ${JSON.stringify(name)}`,
  )
}

/**
 * Path of the profile file: QTOOL_CONFIG, else in the user's configuration folder qtool/profiles.yaml if it is there, else
 * qtool/profiles.json.
 */
export function profilePath(env: NodeJS.ProcessEnv): string {
  if (env.QTOOL_CONFIG) return env.QTOOL_CONFIG
  const folder = join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'qtool')
  const yaml = join(folder, 'profiles.yaml')
  return existsSync(yaml) ? yaml : join(folder, 'profiles.json')
}

/** @throws QtoolError if the file holds secrets that others may read, or is not a profile file. */
export async function readProfiles(path: string): Promise<ProfileBook> {
  let text: string
  let mode: number
  try {
    text = await readFile(path, 'utf8')
    mode = (await stat(path)).mode
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {profiles: []}
    throw error
  }
  const book = bookOf(await parseText(text, path), path)
  if ((mode & 0o077) !== 0 && book.profiles.some(holdsSecret)) throw openToOthers(path, mode)
  return book
}

function holdsSecret({redisUrl = '', databaseUrl = ''}: Profile): boolean {
  return hasPassword(redisUrl) || hasPassword(databaseUrl)
}

function openToOthers(path: string, mode: number): QtoolError {
  const bits = (mode & 0o777).toString(8)
  return new QtoolError(
    `${path} holds passwords and must be readable only by its owner, but its mode is ${bits}`,
    {code: 'OPEN_PROFILES', kind: 'refused', suggestions: [`chmod 600 ${path}`]},
  )
}

/**
 * Writes the file whole or not at all, readable by its owner alone. A link to it stays a link, and comments stay where
 * they are.
 */
export async function writeProfiles(path: string, book: ProfileBook): Promise<void> {
  await mkdir(dirname(path), {recursive: true, mode: 0o700})
  const place = await realpath(path).catch(() => path)
  const draft = `${place}.${randomUUID()}`
  const before = await readFile(path, 'utf8').catch(() => undefined)
  const text = before === undefined ? newText(book, path) : await editedText(before, book, path)
  await writeFile(draft, text, {mode: 0o600, flag: 'wx'})
  await rename(draft, place)
}

/** @throws QtoolError (usage) if there is no such profile. */
export function findProfile(book: ProfileBook, name: string): Profile {
  const found = book.profiles.find((profile) => profile.name === name)
  if (found) return found
  const known = book.profiles.map((profile) => profile.name).join(', ') || 'none'
  throw usageError(
    `no profile named ${JSON.stringify(name)}; profiles: ${known}`,
    ...didYouMean(
      name,
      book.profiles.map((profile) => profile.name),
    ),
    'qtool profiles list shows them',
  )
}

/** `${VARIABLE}` as a whole value → its name. */
export function variableOf(value: string): string | undefined {
  return /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(value)?.[1]
}

/** A profile with its `${VARIABLE}` URLs filled in; those whose variable is not set are named in `unset`. */
export function expandProfile(profile: Profile, env: NodeJS.ProcessEnv): ExpandedProfile {
  const expanded: ExpandedProfile = {...profile, unset: {}}
  for (const field of ['redisUrl', 'databaseUrl'] as const) {
    const variable = variableOf(profile[field] ?? '')
    if (!variable) continue
    expanded[field] = env[variable] || undefined
    if (!expanded[field]) expanded.unset[field] = variable
  }
  return expanded
}
