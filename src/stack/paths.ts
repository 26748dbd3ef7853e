import {createHash} from 'node:crypto'
import {existsSync, readFileSync, statSync} from 'node:fs'
import {homedir, tmpdir, userInfo} from 'node:os'
import {dirname, join} from 'node:path'

/** Where the local stack keeps its things. */
export interface StackPaths {
  /** Unpacked servers; can be made again at any time. */
  cache: string
  /** State file, lock and data of the servers. */
  data: string
  /** Runs the servers as root's deputy: Postgres refuses to run as root. Undefined for an ordinary user. */
  account?: {uid: number; gid: number}
}

/** QTOOL_HOME and QTOOL_CACHE win; root uses the system's folders, a user the XDG ones. */
export function stackPaths(env: NodeJS.ProcessEnv): StackPaths {
  const isRoot = process.getuid?.() === 0
  const home = env.HOME || homedir()
  const data =
    env.QTOOL_HOME ??
    (isRoot ? '/var/lib/qtool' : join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'qtool'))
  const cache =
    env.QTOOL_CACHE ??
    (isRoot ? '/var/cache/qtool' : join(env.XDG_CACHE_HOME || join(home, '.cache'), 'qtool'))
  return {cache, data, account: isRoot ? deputy() : undefined}
}

/** The account `postgres` where it exists, else `nobody`. */
function deputy(): {uid: number; gid: number} {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const found = ['postgres', 'nobody']
    .map((name) => accounts.find((account) => account[0] === name))
    .find(Boolean)
  return found ? {uid: Number(found[2]), gid: Number(found[3])} : {uid: 65534, gid: 65534}
}

/**
 * A folder for `purpose` that the deputy of root can enter: inside `base` where its parents let others through
 * (root's home and many checkouts do not), else beside the system's temporary files, under a name that is the
 * same every time.
 */
export function enterableFolder(base: string, purpose: string, account: StackPaths['account']): string {
  const wanted = join(base, purpose)
  if (!account || othersMayEnter(base)) return wanted
  const digest = createHash('sha256').update(wanted).digest('hex').slice(0, 12)
  const system = '/var/lib'
  return join(existsSync(system) && othersMayEnter(system) ? system : tmpdir(), `qtool-${digest}`, purpose)
}

function othersMayEnter(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

/** For messages: who runs this. */
export function userName(): string {
  return userInfo().username
}
