import {createRequire} from 'node:module'

interface DebugModule {
  /** @returns the namespaces that were on */
  disable(): string
  enable(namespaces: string): void
}

const NOT_REDIS = '-ioredis:*'

/** Under DEBUG ioredis prints every command it sends, AUTH with its password among them. Other namespaces stay on. */
export function silenceRedisDebug(): void {
  if (!process.env.DEBUG || process.env.DEBUG.includes(NOT_REDIS)) return
  const debug: DebugModule = createRequire(import.meta.url)('debug')
  // It keeps DEBUG up to date, so that this is done once.
  debug.enable(`${debug.disable()},${NOT_REDIS}`)
}
