import {createRequire} from 'node:module'

interface DebugModule {
  /** @returns the namespaces that were on */
  disable(): string
  enable(namespaces: string): void
}

const NOT_REDIS = '-ioredis:*'

/**
 * Messages that ioredis prints about a server or a login, such as a skipped ready check or a password that was not
 * needed. qtool reports what matters of that itself; nothing else on the console is suppressed.
 */
const OF_REDIS = /^(Skipping the ready check|\[WARN\] |\[ERROR\] The server returned )/

let isQuiet = false

/** Keeps the messages of ioredis off the terminal, and its commands, too, when DEBUG is set. */
export function silenceRedis(): void {
  silenceRedisDebug()
  if (isQuiet) return
  isQuiet = true
  const {warn} = console
  console.warn = (...words: unknown[]) => {
    if (!OF_REDIS.test(String(words[0]))) warn(...words)
  }
}

/**
 * When DEBUG is set, ioredis prints every command it sends, including AUTH with its password. Other namespaces stay
 * on.
 */
function silenceRedisDebug(): void {
  if (!process.env.DEBUG || process.env.DEBUG.includes(NOT_REDIS)) return
  const debug: DebugModule = createRequire(import.meta.url)('debug')
  // `enable` also updates DEBUG, so this is done only once
  debug.enable(`${debug.disable()},${NOT_REDIS}`)
}
