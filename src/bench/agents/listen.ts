import {FROM_THE_FIRST, type Meeting} from '../../queue/meeting.ts'
import type {Message} from './plan.ts'

/** Longest wait for the next message, ms; then it looks whether it is still wanted. */
const WAIT_MS = 500

/** The messages of the coordinator, in order, until the signal. @throws what Redis says */
export async function* listen(
  meeting: Pick<Meeting, 'hear'>,
  signal: AbortSignal,
): AsyncGenerator<Message | undefined> {
  let since = FROM_THE_FIRST
  while (!signal.aborted) {
    const heard = await meeting.hear(since, WAIT_MS)
    // A pause in which the listener can look at other things
    if (heard.length === 0) yield undefined
    for (const {at, text} of heard) {
      since = at
      yield JSON.parse(text)
    }
  }
}
