import {openSinks} from '../../src/sink/open-sinks.ts'
import type {SinkOptions} from '../../src/sink/sink.ts'
import type {Sinks} from '../../src/sink/sinks.ts'
import type {Tally} from '../../src/worker/tally.ts'
import {
  type DrainSettings,
  deadLetters,
  drainAll,
  push,
  type TestContext,
  USUAL_SINK,
  withClient,
} from './context.ts'

/** Opens tables of the schema of the context. @param routes with names of tables in that schema */
export function routedSinks(
  context: TestContext,
  routes: readonly string[],
  options: Partial<SinkOptions> = {},
): Promise<Sinks> {
  const texts = routes.map((route) => route.replace(/:([^:]*)$/, `:${context.schema}.$1`))
  return withClient(context, (client) =>
    openSinks(client, {
      table: '',
      routes: texts,
      ...USUAL_SINK,
      ...options,
    }),
  )
}

export interface Routed {
  at: ReturnType<TestContext['newQueue']>
  tally: Tally
  letters: Array<Record<string, unknown>>
}

/** Drains items (objects, or their exact texts) into the tables of routes. */
export async function drainRouted(
  context: TestContext,
  sinks: Sinks,
  items: unknown[],
  drain: DrainSettings = {},
): Promise<Routed> {
  const at = context.newQueue()
  await push(
    context,
    at.keys,
    items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))),
  )
  const tally = await drainAll(context, sinks, at, {workers: 1, ...drain})
  return {at, tally, letters: await deadLetters(context, at.keys)}
}
