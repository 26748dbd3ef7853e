import type {ClientBase} from 'pg'
import {parseRoutes, type Route} from '../config/routes.ts'
import {usageError} from '../errors.ts'
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
  assertFitsSeveral(options)
  const byTable = new Map<string, Sink>()
  const routed: Array<{route: Route; sink: Sink}> = []
  for (const route of parseRoutes(routes)) {
    const opened = await openSink(client, {...shared, table: route.table}, ownMapping)
    // Two routes may name one table
    const sink = byTable.get(opened.table.quoted) ?? opened
    byTable.set(sink.table.quoted, sink)
    routed.push({route, sink})
  }
  const sinks = parentsFirst([...byTable.values()])
  assertMapped(shared, sinks)
  return new Sinks(sinks, {options, router: new Router(routed, sinks, shared)})
}

function assertFitsSeveral({key, onConflict}: SinkOptions): void {
  if (onConflict === 'update') {
    throw usageError('--on-conflict update is for one table, and --route may name several tables')
  }
  if (key === undefined) return
  throw usageError(
    '--key names the key of one table, and --route may name several tables',
    'leave --key out: in each table, its primary or only unique key decides what is already there',
  )
}
