import {open, rm} from 'node:fs/promises'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {messageOf, NEW_FILE, QtoolError, usageError} from '../errors.ts'
import {assertFileName} from '../file-name.ts'

/** Writes a new file whole or not at all: what an interrupted export has written is removed. @throws QtoolError */
export async function toNewFile(
  path: string,
  text: AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
): Promise<void> {
  assertFileName(path, '--output', 'leave --output out to write to stdout')
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw usageError(`cannot create the file of --output: ${messageOf(error)}`, NEW_FILE)
  })
  try {
    await pipeline(Readable.from(text), file.createWriteStream(), {signal})
  } catch (error) {
    await rm(path, {force: true})
    if (!signal?.aborted) throw error
    throw new QtoolError(`interrupted; ${path} was not written`, {code: 'INTERRUPTED', kind: 'interrupted'})
  }
}
