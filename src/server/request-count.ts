import type {ServerResponse} from 'node:http'
import type {FastifyInstance} from 'fastify'

/** How many requests were answered whole, by status. */
export function countRequests(app: FastifyInstance): Record<string, number> {
  const answered: Record<string, number> = {}
  function count(this: ServerResponse): void {
    answered[this.statusCode] = (answered[this.statusCode] ?? 0) + 1
  }
  // Not a hook about responses, for which fastify makes two listeners a request
  app.addHook('onRequest', (_, reply, done) => {
    reply.raw.once('finish', count)
    done()
  })
  return answered
}
