import {createRequire} from 'node:module'

interface DebugModule {
  /** @returns the namespaces that were on */
  disable(): string
  enable(namespaces: string): void
}

const NOT_REDIS = '-ioredis:*'

/**
 * ioredis prints what it thinks of a server or a login: that a ready check is skipped, that no password was needed.
 * What matters of that qtool says itself; nothing else of the console is held back.
 */
const OF_REDIS = /^(Skipping the ready check|\[WARN\] |\[ERROR\] The server returned )/

let isQuiet = false

/** Keeps the words of ioredis from the terminal; what it does under DEBUG, its commands too. */
export function silenceRedis(): void {
  silenceRedisDebug()
  if (isQuiet) return
  isQuiet = true
  const {warn} = console
  console.warn = (...words: unknown[]) => {
    if (!OF_REDIS.test(String(words[0]))) warn(...words)
  }
}

/** Under DEBUG ioredis prints every command it sends, AUTH with its password among them. Other namespaces stay on. */
function silenceRedisDebug(): void {
  if (!process.env.DEBUG || process.env.DEBUG.includes(NOT_REDIS)) return
  const debug: DebugModule = createRequire(import.meta.url)('debug')
  // It keeps DEBUG up to date, so that this is done once.
  debug.enable(`${debug.disable()},${NOT_REDIS}`)
}
