import type {Redis} from 'ioredis'
import {vi} from 'vitest'

/** The size of the arguments, in bytes, of each call of `command` that the client sends during `act`. */
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
