import {isMapping} from '../config/mapping/mapping.ts'
import {definitionChanges} from '../sink/catalog/definition-changes.ts'
import type {UnknownKeys} from '../sink/decode/unknown-keys.ts'
import type {Sink} from '../sink/sink.ts'
import type {Tell} from './events.ts'
import type {WorkerObserver} from './observer.ts'
import {ownSources} from './own-source.ts'
import {ServerWatch} from './server-watch.ts'

/** Tells what keeps a worker from writing, what it leaves out, and how its table changes. */
export function tellEvents(sinks: readonly Sink[], tell: Tell): WorkerObserver {
  const columns = new Map(sinks.map((sink) => [sink.name, new ColumnWatch(sink, tell)]))
  const servers = new ServerWatch(tell)
  const suppressing = new Set<string>()
  return {
    written(_lease, {tables}) {
      for (const {table, unknown} of tables) columns.get(table)?.missed(unknown)
    },
    sinkChanged: (next) => columns.get(next.name)?.changed(next),
    settled(_lease, {tables}) {
      for (const {table, suppressed} of tables) {
        if (suppressed === 0 || suppressing.has(table)) continue
        suppressing.add(table)
        tell({event: 'rows_suppressed', table})
      }
    },
    paused(paused, ready, pause) {
      if (!paused) tell({event: 'resumed'})
      else tell({event: 'paused', ready, by: null, since: null, until: null, ...pause})
    },
    breaker: (server, state, error) => servers.changed(server, state, error),
  }
}

/** Tells every key without a column once. Values that were written a moment ago must not wait for the end. */
class ColumnWatch {
  readonly #tell: Tell
  readonly #name: string
  readonly #isMapped: boolean
  readonly #sources: Map<string, string>
  #table: Sink['table']
  /** Columns that the table had when this worker began, or later, and has no more. */
  readonly #gone = new Set<string>()
  readonly #told = new Set<string>()

  constructor(sink: Sink, tell: Tell) {
    const {name, table, options} = sink
    this.#name = name
    this.#isMapped = isMapping(options)
    this.#sources = ownSources(sink)
    this.#table = table
    this.#tell = tell
  }

  changed({table}: Sink): void {
    const added = namesBeside(table, this.#table)
    const dropped = namesBeside(this.#table, table)
    for (const name of dropped) this.#gone.add(name)
    for (const name of added) this.#told.delete(name)
    const changes = definitionChanges(this.#table.definition, table.definition)
    this.#table = table
    if (changes.length > 0) this.#tell({event: 'table_changed', table: this.#name, added, dropped, changes})
  }

  missed({names, examples}: UnknownKeys): void {
    const keys = [...names.keys()]
    const lost = keys.filter((key) => this.#gone.delete(key))
    if (lost.length > 0) this.#tell({event: 'values_left_out', table: this.#name, keys: lost})
    for (const key of lost) this.#told.add(key)
    const fresh = keys.filter((key) => !this.#told.has(key))
    if (fresh.length === 0) return
    for (const key of fresh) this.#told.add(key)
    const {generated} = this.#table
    const told = fresh.map((key) => ({
      key,
      example: examples.get(key) ?? '',
      isGenerated: generated.includes(key),
      mappedFrom: this.#sources.get(key) ?? null,
    }))
    this.#tell({event: 'unknown_keys', table: this.#name, isMapped: this.#isMapped, keys: told})
  }
}

/** Names of the columns that `table` has and `other` has not. */
function namesBeside(table: Sink['table'], other: Sink['table']): string[] {
  const known = new Set(other.columns.map(({name}) => name))
  return table.columns.map(({name}) => name).filter((name) => !known.has(name))
}
