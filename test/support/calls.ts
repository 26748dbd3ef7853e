import type {Redis} from 'ioredis'
import {vi} from 'vitest'

/** The bytes of each such command that a client sends meanwhile, arguments only. */
export async function callsOf(redis: Redis, command: string, act: () => Promise<unknown>): Promise<number[]> {
  const sent = vi.spyOn(redis, 'sendCommand')
  try {
    await act()
    return sent.mock.calls.flatMap(([{name, args}]) => (name === command ? [bytesOf(args)] : []))
  } finally {
    sent.mockRestore()
  }
}

function bytesOf(args: unknown[]): number {
  return args.reduce<number>((sum, arg) => sum + (Buffer.isBuffer(arg) ? arg.length : String(arg).length), 0)
}
