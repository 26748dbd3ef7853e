import {maskSecrets} from '../config/secrets.ts'
import {isRunning, type ServerState, type StackState, stackUrls} from './state.ts'

export interface StackView {
  running: boolean
  redis: ServerView | null
  postgres: ServerView | null
}

export interface ServerView {
  running: boolean
  version: string
  /** With the password masked. */
  url: string
  pid: number | null
  folder: string
}

/** The stack as it may be shown: passwords masked. */
export function viewStack(state: StackState | undefined): StackView {
  if (!state) return {running: false, redis: null, postgres: null}
  const urls = stackUrls(state)
  const redis = viewServer(state.redis, urls.redisUrl)
  const postgres = viewServer(state.postgres, urls.databaseUrl)
  return {running: redis.running && postgres.running, redis, postgres}
}

function viewServer(server: ServerState, url: string): ServerView {
  const running = isRunning(server)
  return {
    running,
    version: server.version,
    url: maskSecrets(url),
    pid: running ? (server.pid ?? null) : null,
    folder: server.folder,
  }
}
