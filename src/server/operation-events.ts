import {followOperation} from '../operations/kept/follow.ts'
import {makeCaller} from './caller.ts'
import type {EventStream} from './event-stream.ts'
import type {Resources} from './resources.ts'

/** Tells a client of each change of an operation, and ends the stream once it is over, or cannot be read. */
export async function sendOperation(
  resources: Resources,
  stream: EventStream,
  {queue, id}: {queue: string; id: string},
): Promise<void> {
  const closed = new AbortController()
  stream.onClose(() => closed.abort())
  const caller = makeCaller(resources, {queue, who: '', signal: closed.signal})
  try {
    await followOperation(caller, id, (operation) => stream.send('operation', operation))
  } catch {
    // The client connects again, and is answered what is wrong
  }
  stream.end()
}
