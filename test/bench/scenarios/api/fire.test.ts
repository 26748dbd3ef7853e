import {once} from 'node:events'
import {createServer, type RequestListener, type Server} from 'node:http'
import {afterEach, expect, it} from 'vitest'
import {fire} from '../../../../src/bench/scenarios/api/fire.ts'
import {sum} from '../../../../src/bench/scenarios/api/volley.ts'

let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
}

const target = {token: 'secret', connections: 4, warmupMs: 100, ms: 300}
const unwatched = {begin() {}, end() {}}
const never = new AbortController().signal

it('counts the answers by status, as the server does', async () => {
  const given: Record<string, number> = {200: 0, 503: 0}
  let shown: string | undefined
  const url = await serve((request, response) => {
    shown = request.headers.authorization
    const status = (given[200] + given[503]) % 3 === 0 ? 503 : 200
    given[status]++
    response.writeHead(status).end('x')
  })
  const volley = await fire({...target, url}, unwatched, never)
  expect(shown).toBe('Bearer secret')
  expect(volley.answered['200']).toBeGreaterThan(50)
  // What is under way at the end is given, but does not arrive
  for (const status of ['200', '503']) {
    expect(given[status] - volley.answered[status]).toBeGreaterThanOrEqual(0)
    expect(given[status] - volley.answered[status]).toBeLessThanOrEqual(target.connections)
  }
  // The warm-up is left out of the measured figures
  expect(volley.good).toBeLessThan(volley.answered['200'])
  expect(volley.refused).toBe(volley.bad)
  expect(volley.bad / (volley.good + volley.bad)).toBeCloseTo(1 / 3, 1)
  expect(volley).toMatchObject({broken: 0, lost: 0, latency: {samples: volley.good}})
  expect(volley.seconds).toBeGreaterThan(0.25)
})

it('notices requests that the server hangs up on, with and without an error', async () => {
  let asked = 0
  let dropped = 0
  const url = await serve((request, response) => {
    asked++
    if (asked % 5 !== 0) return response.end('x')
    dropped++
    if (asked % 2 === 0) request.socket.end()
    else request.socket.resetAndDestroy()
  })
  const volley = await fire({...target, url}, unwatched, never)
  expect(dropped).toBeGreaterThan(10)
  expect(volley.broken).toBeGreaterThan(0)
  expect(volley.lost).toBeGreaterThan(0)
  // The last of them may be among those under way at the end
  expect(volley.broken + volley.lost).toBeGreaterThanOrEqual(dropped - 2 * target.connections)
  expect(volley.broken + volley.lost).toBeLessThanOrEqual(dropped)
})

it('uploads records none of which it has sent before', async () => {
  const seen = new Set<string>()
  let records = 0
  const url = await serve(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const lines = body.trimEnd().split('\n')
    for (const line of lines) seen.add(line)
    records += lines.length
    response.end()
  })
  const volley = await fire({...target, url, records: 7}, unwatched, never)
  expect(sum(volley.answered)).toBeGreaterThan(20)
  expect(records).toBeGreaterThanOrEqual(7 * sum(volley.answered))
  expect(seen.size).toBe(records)
})

it('tells when the measured time begins and ends, and stops when it is interrupted', async () => {
  const url = await serve((_, response) => response.end())
  const told: string[] = []
  const watch = {begin: () => told.push('begin'), end: () => told.push('end')}
  await fire({...target, url}, watch, never)
  expect(told).toEqual(['begin', 'end'])
  const stop = new AbortController()
  const stopped = fire({...target, url, ms: 60_000}, {begin: () => stop.abort(), end() {}}, stop.signal)
  await expect(stopped).rejects.toThrow('ended without a result')
})
