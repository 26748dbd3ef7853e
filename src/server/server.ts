import type {FastifyInstance} from 'fastify'
import type {Draining} from './draining.ts'
import type {Probes} from './probes.ts'
import type {Resources} from './resources.ts'

/** What a route is given. */
export interface Server {
  app: FastifyInstance
  resources: Resources
  probes: Probes
  draining: Draining
}

/** Adds some routes to a server. */
export type AddRoutes = (server: Server) => void | Promise<void>
