import {withQueueName} from '../config/settings.ts'
import {change} from '../operations/change.ts'
import type {Caller} from '../operations/context.ts'
import {requireQueue} from '../operations/known-queue.ts'
import {work} from '../operations/work.ts'
import {countSettled} from '../record/outcomes.ts'
import type {WorkerObserver} from '../worker/observer.ts'
import {NO_FUSE, USUAL} from '../worker/policy.ts'
import type {WorkResult} from '../worker/run-work.ts'
import type {Resources} from './resources.ts'

/** How long to wait for items that other workers hold, ms. */
const WAIT_MS = 5000

/** Lets this server itself write one lease of about `batch` records. */
export async function forceProcess(
  resources: Resources,
  caller: Caller,
  {queue, batch}: {queue: string; batch: number},
): Promise<WorkResult> {
  const {settings, redis} = resources
  const did = {action: 'force-process', filter: `--batch ${batch}`}
  caller.actor.assertMayWrite()
  // The loop finishes the lease that it has, and takes no other
  const enough = new AbortController()
  const once: WorkerObserver = {taken: () => enough.abort()}
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    return change(context, did, async (progress) => {
      const result = await run()
      progress.count = countSettled(result)
      return result
    })
  })

  function run(): Promise<WorkResult> {
    return work(
      {
        ...caller,
        settings: withQueueName(settings, queue),
        signal: AbortSignal.any([caller.signal, enough.signal, AbortSignal.timeout(WAIT_MS)]),
        tell: (event) => {
          if (event.event === 'note') caller.note(event.message)
        },
        withRedis: (use) => use(redis.redis),
        observers: () => [once],
      },
      {
        // One batch, by hand: its result says what was refused
        policy: {workers: 1, batch, ...USUAL, fuse: NO_FUSE, untilEmpty: true},
        sink: {strict: false, allowSpecialValues: false, maxItemBytes: 1024 * 1024},
        queryTimeoutMs: 30_000,
      },
    )
  }
}
