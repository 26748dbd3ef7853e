import type {FastifyInstance} from 'fastify'
import type {Draining} from './draining.ts'
import type {KeptGuarantee} from './keeping.ts'
import type {Monitors} from './monitors.ts'
import type {OperationsRunner} from './operations-runner.ts'
import type {Probes} from './probes.ts'
import type {Resources} from './resources.ts'

/** What a route is given. */
export interface Server {
  /** Of qtool. */
  version: string
  app: FastifyInstance
  resources: Resources
  probes: Probes
  monitors: Monitors
  guarantee: KeptGuarantee
  draining: Draining
  /** Carries kept operations on, once the server listens. */
  runner: OperationsRunner
  /** Requests that were answered, by status. */
  answered: Readonly<Record<string, number>>
}

/** Adds some routes to a server. */
export type AddRoutes = (server: Server) => void | Promise<void>
