import {createHash} from 'node:crypto'
import type {Redis} from 'ioredis'

/** A Lua script, known to Redis by its hash after the first call. */
export interface Script {
  readonly name: string
  readonly lua: string
  readonly sha: string
}

/**
 * Names a script. Every script must be idempotent, because a driver may send it again after a broken connection,
 * and must run on one slot: all its keys belong to one queue.
 */
export function defineScript(name: string, lua: string): Script {
  const text = lua.trim()
  const script = {name, lua: text, sha: createHash('sha1').update(text).digest('hex')}
  defined.set(script.sha, script)
  return script
}

const defined = new Map<string, Script>()

/**
 * The name of a script by its text, of which the slow log keeps only the first 128 bytes; undefined if several begin
 * like that, or none.
 */
export function scriptByText(text: string): string | undefined {
  const start = text.replace(/\.\.\. \(\d+ more bytes\)$/, '')
  const found = [...defined.values()].filter(({lua}) => lua.startsWith(start))
  const names = new Set(found.map(({name}) => name))
  return names.size === 1 ? found[0].name : undefined
}

/** The name of a script by its hash; undefined for one of another program. */
export function scriptName(sha: string): string | undefined {
  return defined.get(sha)?.name
}

/** A line of a script, counted from 1 as Redis does in its errors. */
export function scriptLine(sha: string, number: number): string | undefined {
  return defined.get(sha)?.lua.split('\n')[number - 1]
}

/** Runs a script by hash, or by text if the server does not know it (yet, or after a restart or failover). */
export async function runScript(
  redis: Redis,
  script: Script,
  keys: string[],
  args: Array<string | number | Buffer>,
): Promise<unknown> {
  const values = args.map((value) => (typeof value === 'number' ? String(value) : value))
  return unlessUnknown(
    () => redis.evalsha(script.sha, keys.length, ...keys, ...values),
    () => redis.eval(script.lua, keys.length, ...keys, ...values),
  )
}

/** Like `runScript`, with the strings of the reply as buffers. */
export async function runScriptBuffer(
  redis: Redis,
  script: Script,
  keys: string[],
  args: Array<string | number> = [],
): Promise<unknown> {
  return unlessUnknown(
    () => redis.callBuffer('EVALSHA', script.sha, keys.length, ...keys, ...args),
    () => redis.callBuffer('EVAL', script.lua, keys.length, ...keys, ...args),
  )
}

async function unlessUnknown(
  byHash: () => Promise<unknown>,
  byText: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await byHash()
  } catch (error) {
    if (!isUnknown(error)) throw error
    return byText()
  }
}

/** Whether the server does not know the hash of a script. */
export function isUnknown(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}
