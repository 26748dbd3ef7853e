import type {Redis} from 'ioredis'
import {unlessDenied} from '../redis/denied.ts'
import {parseInfo} from '../redis/info.ts'
import {scriptByText, scriptName} from '../redis/script.ts'

/** The state of a Redis server. */
export interface ServerState {
  usedBytes: number
  peakBytes: number
  /** The memory limit; 0 means none. */
  maxBytes: number
  /** `maxmemory-policy`: what happens at the limit. */
  policy: string
  fragmentation: number
  clients: {connected: number; blocked: number; max: number}
}

/** An entry of the slow log. */
export interface SlowCommand {
  id: number
  /** RFC 3339. */
  at: string
  micros: number
  /**
   * The command's name and key, however the command was sent; the other arguments may be payloads. A script of qtool has
   * its name, and is the same by its hash and by its text: `script take queue:orders`.
   */
  command: string
}

/** Reads the state of the server; null if this user may not read it. */
export async function readServer(redis: Redis): Promise<ServerState | null> {
  const info = await unlessDenied(redis.info())
  if (info === null) return null
  const fields = parseInfo(info)
  const number = (name: string) => Number(fields.get(name) ?? 0)
  return {
    usedBytes: number('used_memory'),
    peakBytes: number('used_memory_peak'),
    maxBytes: number('maxmemory'),
    policy: fields.get('maxmemory_policy') ?? 'unknown',
    fragmentation: number('mem_fragmentation_ratio'),
    clients: {
      connected: number('connected_clients'),
      blocked: number('blocked_clients'),
      max: number('maxclients'),
    },
  }
}

/** The newest entries of the slow log; null if this user may not read it. */
export async function readSlowlog(redis: Redis): Promise<SlowCommand[] | null> {
  const reply = await unlessDenied(redis.slowlog('GET', 10))
  if (reply === null) return null
  return (reply as Array<[number, number, number, string[]]>).map(([id, seconds, micros, words]) => ({
    id,
    at: new Date(seconds * 1000).toISOString(),
    micros,
    command: commandOf(words),
  }))
}

function commandOf([command = '', first = '', keys = '', key = '']: string[]): string {
  const sent = command.toUpperCase()
  const name = scriptOf(sent, first)
  if (name === undefined) return `${sent} ${first}`.trim()
  return `script ${name}${Number(keys) > 0 ? ` ${key}` : ''}`
}

function scriptOf(command: string, first: string): string | undefined {
  if (/^EVALSHA(_RO)?$/.test(command)) return scriptName(first)
  return /^EVAL(_RO)?$/.test(command) ? scriptByText(first) : undefined
}
