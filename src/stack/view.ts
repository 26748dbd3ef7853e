import {lstat, readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {maskUrl} from '../config/secrets.ts'
import {NODE_NAMES, SENTINEL_NAMES, type ServerName, serverPid} from './running.ts'
import {logOf} from './server.ts'
import {clusterUrl, readState, type ServerState, sentinelUrl, serverUrl} from './state.ts'

/** The local stack with passwords masked, so that it may be shown. */
export interface StackView {
  /** Whether all its servers run. */
  running: boolean
  /** Null in a stack with a cluster. */
  redis: ServerView | null
  postgres: ServerView | null
  /** Of a stack with sentinels; after a failover it may be the primary. */
  replica: ServerView | null
  sentinels: ServerView[]
  /** The URL that finds the primary; null without sentinels. */
  sentinelUrl: string | null
  /** Of a stack with a cluster: first those that were made primaries. */
  nodes: ServerView[]
  /** The URL of the cluster; null without. */
  clusterUrl: string | null
  /** When it was last started, ISO 8601. */
  startedAt: string | null
}

export interface ServerView {
  running: boolean
  version: string
  url: string
  port: number
  pid: number | null
  folder: string
  log: string
  /** Bytes of the data folder. */
  dataBytes: number
}

export async function viewStack(env: NodeJS.ProcessEnv): Promise<StackView> {
  const state = readState(env)
  const view = (name: ServerName) => viewServer(name, state[name])
  const several = async (names: readonly ServerName[]) =>
    (await Promise.all(names.map(view))).flatMap((one) => one ?? [])
  const [redis, postgres, replica] = await Promise.all([view('redis'), view('postgres'), view('replica')])
  const [sentinels, nodes] = await Promise.all([several(SENTINEL_NAMES), several(NODE_NAMES)])
  const ofRedis = nodes.length > 0 ? nodes : [redis, ...(replica ? [replica] : []), ...sentinels]
  return {
    running: [postgres, ...ofRedis].every((one) => one?.running),
    redis,
    postgres,
    replica,
    sentinels,
    sentinelUrl: masked(sentinelUrl(state)),
    nodes,
    clusterUrl: masked(clusterUrl(state)),
    startedAt: state.startedAt ?? null,
  }
}

function masked(url: string | undefined): string | null {
  return url === undefined ? null : maskUrl(url)
}

async function viewServer(name: ServerName, server: ServerState | undefined): Promise<ServerView | null> {
  if (!server) return null
  const {folder, version, port} = server
  const pid = serverPid(name, folder) ?? null
  const url = maskUrl(serverUrl(name, server))
  const dataBytes = await folderBytes(folder)
  return {running: pid !== null, version, url, port, pid, folder, log: logOf(folder), dataBytes}
}

/** Bytes on disk of all files in a folder; files that vanish meanwhile do not count. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, {withFileTypes: true}).catch(() => [])
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return folderBytes(path)
      // Blocks, not length, because the files of Postgres's WAL are sparse on some systems
      return lstat(path).then(
        (stat) => stat.blocks * 512,
        () => 0,
      )
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
