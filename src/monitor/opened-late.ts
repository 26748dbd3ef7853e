import type {Watched} from './queue-monitor.ts'

/**
 * A queue that is opened by the first reading, and opened again after a reading that failed: by then it may be of another
 * kind, or elsewhere.
 */
export function openedLate(name: string, open: () => Promise<Watched>): Watched {
  let opened: Watched | undefined
  /** The last one that was opened: an error is explained without asking a server that may be away. */
  let last: Watched | undefined
  return {
    name,
    async inspect(known) {
      try {
        opened ??= await open()
        last = opened
        return await opened.inspect(known)
      } catch (error) {
        opened = undefined
        throw error
      }
    },
    explain: async (error) => (last ? last.explain(error) : error),
  }
}
