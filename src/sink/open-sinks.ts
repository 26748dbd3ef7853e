import type {ClientBase} from 'pg'
import {parseRoutes, type Route} from '../config/routes.ts'
import type {Table} from './catalog/table.ts'
import {readOwnConflicts} from './routes/own-conflict.ts'
import {readMapEntries} from './routes/own-map.ts'
import {assertMapped, ownMapping} from './routes/own-mapping.ts'
import {parentsFirst} from './routes/parents-first.ts'
import {Router} from './routes/router.ts'
import {openSink, type Sink, type SinkOptions} from './sink.ts'
import {Sinks} from './sinks.ts'

/**
 * Reads the tables.
 * @throws QtoolError if one does not exist, or if the options do not fit it; (refused) if they refer to each other in a
 * circle
 */
export async function openSinks(client: ClientBase, options: SinkOptions): Promise<Sinks> {
  const {routes = [], ...shared} = options
  if (routes.length === 0) return new Sinks([await openSink(client, shared)])
  const parsed = parseRoutes(routes)
  const tables = parsed.map(({table}) => table)
  const conflicts = await readOwnConflicts(client, shared, tables)
  const entries = await readMapEntries(client, shared.map ?? {}, tables)
  const opened: Routed[] = []
  for (const route of parsed) {
    const {table} = route
    const hasParents = isInside(route) || !parsed.some(isInside)
    const adapt = (read: Table, same: SinkOptions) => ownMapping(read, same, {entries, hasParents})
    opened.push({
      route,
      sink: await openSink(client, {...shared, ...conflicts.of(table), table}, adapt),
    })
  }
  const routed = onePerTable(opened)
  const sinks = parentsFirst([...new Set(routed.map(({sink}) => sink))])
  assertMapped(shared, entries, sinks)
  return new Sinks(sinks, {options, conflict: conflicts.whole, router: new Router(routed, sinks, shared)})
}

interface Routed {
  route: Route
  sink: Sink
}

/** Whether the records of a route are members of something. */
function isInside({takes}: Route): boolean {
  return takes.kind === 'member' && takes.path.length > 0
}

/** Two routes may name one table; then it was opened for each, and may get values of parents if one of them has some. */
function onePerTable(opened: readonly Routed[]): Routed[] {
  const best = opened.toSorted((a, b) => Number(isInside(b.route)) - Number(isInside(a.route)))
  return opened.map(({route, sink}) => {
    const same = best.find((one) => one.sink.table.quoted === sink.table.quoted)
    return {route, sink: same?.sink ?? sink}
  })
}
