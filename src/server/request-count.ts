import type {FastifyInstance} from 'fastify'

/** How many requests were answered, by status. Those whose client left before the answer are under the status it had. */
export function countRequests(app: FastifyInstance): Record<string, number> {
  const answered: Record<string, number> = {}
  app.addHook('onResponse', (_, {statusCode}, done) => {
    answered[statusCode] = (answered[statusCode] ?? 0) + 1
    done()
  })
  return answered
}
