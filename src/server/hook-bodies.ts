import type {FastifyInstance, FastifyReply, FastifyRequest, RequestPayload} from 'fastify'

/** What is to be done with requests that have a body. */
export interface BodyHooks {
  preParsing?(request: FastifyRequest, reply: FastifyReply, payload: RequestPayload): Promise<RequestPayload>
  preValidation?(request: FastifyRequest): Promise<void>
  preHandler?(request: FastifyRequest, reply: FastifyReply): Promise<unknown>
  onSend?(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown>
  onResponse?(request: FastifyRequest): Promise<void>
}

/** Adds hooks to every route that comes later, but for GET: there they would do nothing, and cost a third of a request. */
export function hookBodies(app: FastifyInstance, hooks: BodyHooks): void {
  app.addHook('onRoute', (route) => {
    if ([route.method].flat().includes('GET')) return
    for (const [name, hook] of Object.entries(hooks)) {
      const own = route as unknown as Record<string, unknown>
      own[name] = [...[own[name] ?? []].flat(), hook]
    }
  })
}
