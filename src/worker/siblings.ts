import {NOTHING_WRITTEN, writtenBy} from '../record/outcomes.ts'
import type {Counts, Progress, ServerEvent, Tell, WorkEvent} from './events.ts'
import {Meter, type MeterOptions} from './meter.ts'
import type {ProcessWatch} from './processes.ts'
import {addTables} from './table-counts.ts'
import type {ToParent} from './to-parent.ts'

const NOTHING: Counts = {items: 0, ...NOTHING_WRITTEN, deadLettered: 0, tables: {}}

/** In the process that started several others: says once what they say, and adds up what they have done. */
export class Siblings implements ProcessWatch {
  readonly #tell: Tell
  readonly #total: {workers: number; processes: number}
  readonly #progress = new Map<number, Progress>()
  /** Subject → the last message about it. */
  readonly #said = new Map<string, string>()
  /** Server → what was said of its outage. */
  readonly #outages = new Map<string, Set<string>>()

  /** @param total of all processes together */
  constructor(tell: Tell, total: {workers: number; processes: number}) {
    this.#tell = tell
    this.#total = total
  }

  reported(process: number, message: unknown): void {
    if (typeof message !== 'object' || message === null) return
    const {workEvent, workProgress}: Partial<ToParent> = message
    if (workProgress) this.#progress.set(process, workProgress)
    if (workEvent) this.#heard(workEvent)
  }

  ended(): void {}

  counts(): Counts {
    return [...this.#progress.values()].reduce(
      (sum, one) => ({
        items: sum.items + one.items,
        ...writtenBy((outcome) => sum[outcome] + one[outcome]),
        deadLettered: sum.deadLettered + one.deadLettered,
        tables: addTables(sum.tables, one.tables),
      }),
      NOTHING,
    )
  }

  /** Items that wait, as one of the processes saw it last. @throws if none has */
  async depth(): Promise<number> {
    const seen = [...this.#progress.values()].flatMap(({ready}) => ready ?? [])
    if (seen.length === 0) throw new Error('no process has seen the queue')
    return Math.min(...seen)
  }

  #heard(event: WorkEvent): void {
    // Of these, only the sums of all processes say something
    if (event.event === 'progress' || event.event === 'stopped') return
    if (event.event === 'unknown_keys') {
      const keys = event.keys.filter(({key}) => this.#isNews(`key ${key}`, event.table))
      if (keys.length > 0) this.#tell({...event, keys})
      return
    }
    if (event.event === 'server') {
      if (this.#isOutageNews(event)) this.#tell(event)
      return
    }
    const [subject, words] = subjectOf(event)
    if (!this.#isNews(subject, words)) return
    this.#tell(event.event === 'started' ? {...event, ...this.#total} : event)
  }

  /** Each state of an outage is news once, whichever process sees it first. */
  #isOutageNews({server, state}: ServerEvent): boolean {
    const said = this.#outages.get(server) ?? new Set()
    this.#outages.set(server, said)
    if (state === 'back') {
      const isNews = said.size > 0
      said.clear()
      return isNews
    }
    return said.size !== said.add(state).size
  }

  #isNews(subject: string, words: string): boolean {
    if (this.#said.get(subject) === words) return false
    this.#said.set(subject, words)
    return true
  }
}

/** What an event is about, and what it says of that: a repetition is no news. */
function subjectOf(event: WorkEvent): [string, string] {
  switch (event.event) {
    case 'started':
      return ['start', '']
    case 'paused':
    case 'resumed':
      return ['pause', event.event]
    case 'note':
      return [event.message, '']
    default:
      return [JSON.stringify(event), '']
  }
}

/** Measures what they do together while `use` runs, and tells the sums at its end. */
export async function withMeter<R>(
  siblings: Siblings,
  told: Pick<MeterOptions, 'tell' | 'onProgress'>,
  use: () => Promise<R>,
): Promise<R> {
  const started = performance.now()
  const counts = () => siblings.counts()
  const meter = new Meter({...told, counts, depth: () => siblings.depth()})
  try {
    return await use()
  } finally {
    meter.stop()
    told.tell({event: 'stopped', seconds: (performance.now() - started) / 1000, ...counts()})
  }
}

/** One watch that hands everything to all of these. */
export function watchAll(...watches: Array<ProcessWatch | undefined>): ProcessWatch {
  const all = watches.flatMap((watch) => watch ?? [])
  return {
    reported: (process, report) => {
      for (const watch of all) watch.reported(process, report)
    },
    ended: (process) => {
      for (const watch of all) watch.ended(process)
    },
  }
}
