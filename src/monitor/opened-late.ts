import type {Watched} from './queue-monitor.ts'

/**
 * A queue that is opened by the first reading, and opened anew after a reading that failed: by then it may be of another
 * kind, or elsewhere.
 */
export function openedLate(name: string, open: () => Promise<Watched>): Watched {
  let opened: Promise<Watched> | undefined
  return {
    name,
    async inspect(known) {
      opened ??= open()
      try {
        return await (await opened).inspect(known)
      } catch (error) {
        opened = undefined
        throw error
      }
    },
    async explain(error) {
      const queue = await open().catch(() => undefined)
      return queue ? queue.explain(error) : error
    },
  }
}
