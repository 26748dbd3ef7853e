import type {Bench} from './bench.ts'
import {FIGURES} from './figures.ts'
import type {Findings} from './findings.ts'
import type {Presets} from './presets.ts'
import type {RedisBench} from './redis-bench.ts'
import {runApi} from './scenarios/api/api.ts'
import {runBombard} from './scenarios/bombard.ts'
import {runCapacity} from './scenarios/capacity/capacity.ts'
import {runConnections} from './scenarios/connections/connections.ts'
import {runModes} from './scenarios/modes/modes.ts'
import {runRecovery} from './scenarios/recovery.ts'
import {runSustained} from './scenarios/sustained.ts'
import {runWorkers} from './scenarios/workers.ts'
import type {Scenario} from './shape/run.ts'

/** One run of `bench all`: on Redis alone, or with so many connections to Postgres. */
export type Part =
  | {scenario: Scenario; connections: null; run(on: RedisBench): Promise<Findings>}
  | {scenario: Scenario; connections: number; run(on: Bench): Promise<Findings>}

interface PartsOptions {
  /** Round trip that the second run of "modes" simulates. */
  rttMs: number
  /** Fill the server as well as the pools. */
  fillsServer: boolean
  /** Restarts a server after a crash; undefined leaves the scenario out that needs it. */
  restart?(server: 'redis' | 'postgres', port: number): Promise<void>
}

/** Connections to Postgres that `api` itself uses, besides those of its server. */
export const API_CONNECTIONS = 1

/** The runs of `bench all`, in order. */
export function partsOf(preset: Presets, {rttMs, fillsServer, restart}: PartsOptions): Part[] {
  const {bombard, sustained, workers, capacity, api, recovery} = preset
  const {most, ...pools} = preset.connections
  const server = fillsServer ? {most} : undefined
  const modes = (rttMs: number): Part => ({
    scenario: 'modes',
    connections: null,
    run: (on) => runModes({...on, ...preset.modes, rttMs, queue: on.name}),
  })
  const parts: Part[] = [
    {scenario: 'connections', connections: null, run: (on) => runConnections({...on, ...pools, server})},
    modes(0),
    modes(rttMs),
    {scenario: 'bombard', connections: bombard.workers, run: (on) => runBombard(on, bombard)},
    {scenario: 'sustained', connections: sustained.workers, run: (on) => runSustained(on, sustained)},
    {
      scenario: 'workers',
      connections: Math.max(...workers.workers),
      run: (on: Bench) => runWorkers(on, workers),
    },
    {scenario: 'capacity', connections: capacity.workers, run: (on) => runCapacity(on, capacity)},
    {scenario: 'api', connections: API_CONNECTIONS, run: (on) => runApi(on, api)},
  ]
  if (!restart) return parts
  const run = (on: Bench) => runRecovery(on, {...recovery, restart})
  return [...parts, {scenario: 'recovery', connections: recovery.workers, run}]
}

/** Those of the conditions of --fail-if that are about a figure of the scenario. */
export function conditionsOf(scenario: Scenario, texts: string[] | undefined): string[] | undefined {
  return texts?.filter((text) =>
    FIGURES[scenario].some((name) => text.trim().match(/^[\w.@]+/)?.[0] === name),
  )
}
