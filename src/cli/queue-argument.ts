import {usageError} from '../errors.ts'

interface Parsed {
  args: Record<string, unknown>
  flags: Record<string, unknown>
}

/** A command line that names the queue as an argument, as if it had named it with --queue. @throws QtoolError (usage) */
export function withQueueArgument<P extends Parsed>(parsed: P): P {
  const {queue} = parsed.args
  if (queue === undefined) return parsed
  const {queue: named} = parsed.flags
  if (named !== undefined && named !== queue) {
    throw usageError(
      `the queue is named twice: ${JSON.stringify(queue)} and --queue ${JSON.stringify(named)}`,
      'name it once',
    )
  }
  return {...parsed, flags: {...parsed.flags, queue}}
}
