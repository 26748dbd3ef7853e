import type {OperationHold} from '../../queue/operation-book/hold.ts'
import type {Context} from '../context.ts'

/**
 * Holds an operation for as long as `work` takes. The signal that `work` sees is also aborted once the operation is not
 * held any more: somebody paused or cancelled it, or another runner took it because this process stood still.
 */
export async function holdOn(
  context: Context,
  hold: OperationHold,
  lengthMs: number,
  work: (context: Context) => Promise<void>,
): Promise<void> {
  const {queue, signal} = context
  const lost = new AbortController()
  const beat = async () => {
    // While Redis is away the work fails by itself
    const state = await queue.operations.update(hold, {ms: lengthMs}).catch(() => 'unknown')
    if (state === 'lost') lost.abort()
  }
  const timer = setInterval(() => void beat(), lengthMs / 5)
  try {
    await work({...context, signal: AbortSignal.any([signal, lost.signal])})
  } finally {
    clearInterval(timer)
  }
}
