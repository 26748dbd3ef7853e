import type {Bench} from '../../bench.ts'
import {type Findings, interruptedEarly} from '../../findings.ts'
import {apiFindings} from './api-text.ts'
import {type OwnServer, withOwnServer} from './own-server.ts'
import {exhaustPool, type PoolOut} from './pool-out.ts'
import {ROUTES, type RouteName} from './routes.ts'
import {runStep} from './run-step.ts'
import type {ApiOptions, StepSeen} from './seen.ts'

/** Loads three routes of a server of its own with more and more clients, then uses up its connections to Redis. */
export async function runApi(bench: Bench, options: ApiOptions): Promise<Findings> {
  const {redisUrl, databaseUrl, place, signal} = bench
  const {pool} = options
  return withOwnServer({redisUrl, databaseUrl, pool}, async (server) => {
    const before = await place.queue.depth()
    const steps = await runSteps(bench, server, options)
    if (steps.length === 0) throw interruptedEarly()
    const items = (await place.queue.depth()) - before
    let poolOut: PoolOut | null = null
    if (!signal.aborted) {
      bench.onStep(`holding uploads until a pool of ${pool} is used up`)
      poolOut = await exhaustPool(server, place.queue.name)
    }
    return {...apiFindings({steps, items, poolOut, options}), parameters: parametersOf(options)}
  })
}

async function runSteps(bench: Bench, server: OwnServer, options: ApiOptions): Promise<StepSeen[]> {
  const seen: StepSeen[] = []
  for (const route of Object.keys(ROUTES) as RouteName[]) {
    for (const connections of options.connections) {
      if (bench.signal.aborted) return seen
      bench.onStep(`${route} with ${connections} connections`)
      const step = await runStep(bench, server, {...options, route, connections}).catch((error) => {
        if (bench.signal.aborted) return undefined
        throw error
      })
      if (step) seen.push(step)
    }
  }
  return seen
}

function parametersOf({connections, ...others}: ApiOptions): Findings['parameters'] {
  return {connections: connections.join(', '), ...others}
}
