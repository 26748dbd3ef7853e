import {createHash} from 'node:crypto'
import {accessSync, chmodSync, constants, existsSync, lstatSync, mkdirSync, statSync} from 'node:fs'
import {homedir, tmpdir} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import {QtoolError} from '../errors.ts'
import {type Account, serverAccount} from './account.ts'

/** Folders of the local stack. */
export interface StackPaths {
  /** Unpacked servers; can be deleted at any time. */
  cache: string
  /** State file, lock and data of the servers. */
  data: string
  /** Runs the servers for root; undefined for an ordinary user. */
  account: Account | undefined
}

/**
 * Chooses the folders without making them. QTOOL_HOME (data, with the cache in it) and QTOOL_CACHE come first;
 * otherwise root uses the system's folders, a user the XDG ones, and if those are not writable, the folder for
 * temporary files.
 */
export function stackPaths(env: NodeJS.ProcessEnv): StackPaths {
  const account = serverAccount()
  const home = env.HOME || homedir()
  const fallback = join(tmpdir(), `qtool-${process.getuid?.() ?? 'user'}`)
  const first = (...folders: string[]) => folders.find(isWritable) ?? fallback
  const ownData = account ? '/var/lib' : env.XDG_DATA_HOME || join(home, '.local', 'share')
  const ownCache = account ? '/var/cache' : env.XDG_CACHE_HOME || join(home, '.cache')
  const data = env.QTOOL_HOME ? resolve(env.QTOOL_HOME) : first(join(ownData, 'qtool'))
  const cache = env.QTOOL_HOME ? join(data, 'cache') : first(join(ownCache, 'qtool'), join(data, 'cache'))
  return {data, cache: env.QTOOL_CACHE ? resolve(env.QTOOL_CACHE) : cache, account}
}

/** Whether the folder, or the first of its parents that exists, can be written. */
function isWritable(folder: string): boolean {
  let at = folder
  while (!existsSync(at) && at !== dirname(at)) at = dirname(at)
  try {
    accessSync(at, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Makes the folder. @throws QtoolError if that fails, or if the folder is not the caller's own: see `assertOwn` */
export function makeFolder(folder: string, account: Account | undefined): void {
  try {
    const made = mkdirSync(folder, {recursive: true, mode: 0o700})
    // Whatever root's umask is, the account of its servers has to enter the folder.
    if (account && made)
      for (let at = folder; at.length >= made.length; at = dirname(at)) chmodSync(at, 0o755)
  } catch (cause) {
    throw new QtoolError(`cannot create the folder ${folder}`, {
      code: 'NO_FOLDER',
      suggestions: [ELSEWHERE],
      cause,
    })
  }
  assertOwn(folder)
}

/**
 * To be called before anything in the folder is run or trusted. In the folder for temporary files, anybody could have
 * made it, or one of its parents, under the name that qtool would choose, and put programs into it.
 * @throws QtoolError `UNSAFE_FOLDER` if a part of the path below the folder for temporary files is a link, belongs to
 *   somebody else, or is writable by others; parts that do not exist yet are fine
 */
export function assertOwn(folder: string): void {
  const parent = TEMPORARY.find((one) => folder.startsWith(`${one}/`))
  if (parent === undefined) return
  for (let at = folder; at.length > parent.length; at = dirname(at)) {
    const found = lstatSync(at, {throwIfNoEntry: false})
    if (!found) continue
    const isOwn = process.getuid === undefined || found.uid === process.getuid()
    if (isOwn && !found.isSymbolicLink() && (found.mode & 0o022) === 0) continue
    throw new QtoolError(`${at} can be changed by other users, so its content cannot be trusted`, {
      code: 'UNSAFE_FOLDER',
      kind: 'refused',
      suggestions: ['remove it', ELSEWHERE],
    })
  }
}

/** Folders in which any user may make folders. */
const TEMPORARY = [tmpdir(), '/tmp', '/var/tmp']

const ELSEWHERE = 'set QTOOL_HOME to another folder'

/**
 * A folder for `purpose` that the servers' account can enter: inside `base` if others may enter that and its parents
 * (root's home and many checkouts are closed to them), else in the system's folders, always under the same name.
 */
export function enterableFolder(base: string, purpose: string, account: Account | undefined): string {
  if (!account || othersMayEnter(base)) return join(base, purpose)
  const digest = createHash('sha256').update(base).digest('hex').slice(0, 12)
  const open = ['/var/lib', ...TEMPORARY].find((folder) => isWritable(folder) && othersMayEnter(folder))
  return join(open ?? tmpdir(), `qtool-${digest}`, purpose)
}

/** Whether any account can enter the folder, judged by the part of its path that exists. */
export function othersMayEnter(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}
