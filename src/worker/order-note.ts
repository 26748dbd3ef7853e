import type {Sinks} from '../sink/sinks.ts'
import type {Policy} from './policy.ts'

/** What to say of deletes that several workers write side by side; undefined if their order is kept, or if there are none. */
export function orderNote(
  {all}: Sinks,
  {workers, fuse}: Pick<Policy, 'workers' | 'fuse'>,
): string | undefined {
  const total = workers * fuse.processes
  const upsert = all.find((sink) => sink.upsert?.deletes)?.upsert
  if (!upsert || total < 2) return undefined
  const isKept = upsert.deletes?.soft && upsert.newestBy !== undefined
  const what = isKept
    ? 'a delete that is written before its row is inserted does nothing'
    : 'an older record that is written after a delete brings its row back'
  return `${total} workers do not keep the order of the queue, and ${what}; --workers 1 keeps it, see docs/deletes.md`
}
