import {createRequire} from 'node:module'

interface DebugModule {
  /** @returns the namespaces that were on */
  disable(): string
  enable(namespaces: string): void
}

/** Under DEBUG ioredis prints every command it sends, AUTH with its password among them. Other namespaces stay on. */
export function silenceRedisDebug(): void {
  if (!process.env.DEBUG) return
  const debug: DebugModule = createRequire(import.meta.url)('debug')
  debug.enable(`${debug.disable()},-ioredis:*`)
}
