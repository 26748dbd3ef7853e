import {constants, createReadStream, openSync} from 'node:fs'
import {stat} from 'node:fs/promises'
import {Socket} from 'node:net'

const READ_BYTES = 256 * 1024

/**
 * Opens a file for reading. A named pipe is waited for in the event loop: a thread that reads one keeps the process
 * alive until its writer leaves.
 * @param closing aborting it closes a named pipe at once
 */
export async function openFile(path: string, closing?: AbortSignal): Promise<NodeJS.ReadableStream> {
  const isPipe = await stat(path).then(
    (found) => found.isFIFO(),
    () => false,
  )
  if (!isPipe) return createReadStream(path, {highWaterMark: READ_BYTES})
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const pipe = new Socket({fd, readable: true, writable: false})
  if (closing?.aborted) pipe.destroy()
  closing?.addEventListener('abort', () => pipe.destroy(), {once: true})
  return pipe
}
