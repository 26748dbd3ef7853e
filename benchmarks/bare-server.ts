// What fastify alone does: one route that answers a constant of the size of GET /health. Says its address on stderr.
import Fastify from 'fastify'

const ANSWER = {
  status: 'ok',
  reasons: [],
  redis: {status: 'ok', latencyMs: 0.5, message: null},
  postgres: {status: 'ok', latencyMs: 0.5, message: null},
  checkedAt: '2026-11-24T06:30:00.000Z',
}

const app = Fastify()
app.get('/', async () => ANSWER)
process.stderr.write(`${await app.listen({host: '127.0.0.1', port: 0})}\n`)
