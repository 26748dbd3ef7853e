import {access, constants, readFile} from 'node:fs/promises'
import {delimiter, join, resolve} from 'node:path'
import {QtoolError, usageError} from '../../errors.ts'
import type {Account} from '../account.ts'
import {assertOwn, enterableFolder, type StackPaths} from '../paths.ts'
import {outputOf, run} from '../process.ts'
import {unpackProgram} from './debian-package.ts'
import {libraryFolders, serverEnv} from './libraries.ts'

/** A server that speaks Redis's protocol. */
export interface RedisBinary {
  command: string
  /** E.g. `Redis 7.0.15` or `Valkey 8.1.1`. */
  version: string
  /** The folder it was unpacked into, with its shared libraries; undefined for one that is installed. */
  unpacked?: string
  /** The account to run it as; undefined for the caller's own. */
  account: Account | undefined
}

/** qtool's scripts declare flags, which need Redis 7.0. */
const OLDEST_MAJOR = 7
const NAMES = ['redis-server', 'valkey-server']

/** In Debian, the package `redis-server` holds only a link to a program in `redis-tools`. */
const DEBIAN = {
  packages: ['redis-tools', 'redis-server', 'valkey-tools', 'valkey-server'],
  programs: NAMES.map((name) => `usr/bin/${name}`),
}

/**
 * Finds `redis-server` or `valkey-server` on the PATH (QTOOL_REDIS_SERVER names another), else unpacks the
 * distribution's own package into the cache, which needs no root.
 * @throws QtoolError `NO_REDIS` that names the command for this system
 */
export async function findRedis(paths: StackPaths, env: NodeJS.ProcessEnv): Promise<RedisBinary> {
  const {account} = paths
  if (env.QTOOL_REDIS_SERVER) return namedRedis(env.QTOOL_REDIS_SERVER, account)
  for (const command of onPath(env.PATH ?? '')) {
    const found = await readBinary(command, account)
    if (found) return found
  }
  const folder = enterableFolder(paths.cache, 'redis', account)
  assertOwn(folder)
  return (await unpackedRedis(folder, account)) ?? (await unpackNow(folder, paths))
}

async function namedRedis(path: string, account: Account | undefined): Promise<RedisBinary> {
  const found = await readBinary(resolve(path), account)
  if (found) return found
  throw usageError(
    `expected QTOOL_REDIS_SERVER to be a Redis ${OLDEST_MAJOR} or newer, got ${path}`,
    'unset it, and qtool takes the one on the PATH or unpacks its own',
  )
}

function onPath(path: string): string[] {
  const folders = path.split(delimiter).filter(Boolean)
  return NAMES.flatMap((name) => folders.map((folder) => resolve(folder, name)))
}

async function unpackedRedis(folder: string, account: Account | undefined): Promise<RedisBinary | undefined> {
  for (const name of NAMES) {
    const found = await readBinary(join(folder, 'usr', 'bin', name), account, folder)
    if (found) return found
  }
  return undefined
}

async function unpackNow(folder: string, paths: StackPaths): Promise<RedisBinary> {
  let cause: unknown
  try {
    const find = () => unpackedRedis(folder, paths.account)
    await unpackProgram(DEBIAN, folder, paths, async () => (await find()) !== undefined)
    const found = await find()
    if (found) return found
  } catch (error) {
    cause = error
  }
  // On a system without apt, the error need not mention the attempt.
  const hasApt =
    cause !== undefined && !(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
  const reason = hasApt ? `, and could not fetch a package: ${outputOf(cause).split('\n')[0]}` : ''
  throw new QtoolError(`no redis-server or valkey-server ${OLDEST_MAJOR} or newer on the PATH${reason}`, {
    code: 'NO_REDIS',
    suggestions: [
      `${await installCommand()} installs it`,
      'or use your own Redis: --redis-url, REDIS_URL or a profile',
    ],
    cause,
  })
}

/** Root's servers run as an unprivileged account, unless that account cannot reach the program. */
async function readBinary(
  command: string,
  account: Account | undefined,
  unpacked?: string,
): Promise<RedisBinary | undefined> {
  const exists = await access(command, constants.X_OK).then(
    () => true,
    () => false,
  )
  if (!exists) return undefined
  for (const runner of account ? [account, undefined] : [undefined]) {
    const version = await readVersion(command, runner, unpacked)
    if (version) return {command, version, unpacked, account: runner}
  }
  return undefined
}

/** The version that the program reports; undefined if it does not run, or is too old. */
async function readVersion(
  command: string,
  account: Account | undefined,
  unpacked: string | undefined,
): Promise<string | undefined> {
  const env = serverEnv(unpacked ? libraryFolders(unpacked) : [])
  try {
    const {stdout} = await run(command, ['--version'], {env, cwd: '/', timeout: 10_000, ...account})
    const [, name, major, rest] = /^(Redis|Valkey)\b.*?\bv=(\d+)(\.[\d.]+)/.exec(stdout) ?? []
    return Number(major) >= OLDEST_MAJOR ? `${name} ${major}${rest}` : undefined
  } catch {
    return undefined
  }
}

const INSTALL: Array<[RegExp, string]> = [
  [/debian|ubuntu/, 'apt-get install redis-server'],
  [/alpine/, 'apk add redis'],
  [/fedora|rhel|centos|amzn/, 'dnf install valkey'],
  [/arch/, 'pacman -S valkey'],
  [/suse/, 'zypper install redis'],
]

async function installCommand(): Promise<string> {
  if (process.platform === 'darwin') return 'brew install redis'
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const ids = (release.match(/^ID(_LIKE)?=.*$/gm) ?? []).join(' ')
  const command = INSTALL.find(([pattern]) => pattern.test(ids))?.[1]
  if (!command) return 'the package manager of this system'
  return process.getuid?.() === 0 ? command : `sudo ${command}`
}
