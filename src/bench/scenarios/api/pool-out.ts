import {type ClientRequest, type IncomingMessage, request} from 'node:http'
import {setTimeout as wait} from 'node:timers/promises'
import {askServer} from './ask.ts'
import {nextBody} from './bodies.ts'
import type {OwnServer} from './own-server.ts'

/** What clients see once uploads hold every connection to Redis that a server has for them. */
export interface PoolOut {
  /** Uploads that were under way at the same time. */
  held: number
  /** The answer to the next one. */
  refused: {status: number; retryAfter: string | null; ms: number}
  /** ms from the end of an upload until the next in line has its answer; null if that was not 200. */
  recoveryMs: number | null
  /** Uploads that were under way and were then answered with 200. */
  finished: number
}

interface Answer {
  status: number
  retryAfter: string | null
}

interface Upload {
  request: ClientRequest
  answer: Promise<Answer>
}

/** How long the server may take to let all uploads in, ms. */
const FILL_MS = 5000

/** Holds uploads until the server refuses one, then ends one while the next waits in line. All end on every path. */
export async function exhaustPool(server: OwnServer, queue: string): Promise<PoolOut> {
  const {max} = (await askServer(server)).pools.producers
  const uploads = Array.from({length: max}, () => begin(server, queue))
  try {
    await until(async () => (await askServer(server)).pools.producers.inUse === max)
    const started = performance.now()
    const refused = await send(server, queue)
    const ms = performance.now() - started
    const recoveryMs = await recover(server, queue, uploads[0])
    for (const {request} of uploads) request.end()
    const answers = await Promise.all(uploads.map(({answer}) => answer))
    const finished = answers.filter(({status}) => status === 200).length
    return {held: max, refused: {...refused, ms}, recoveryMs, finished}
  } finally {
    for (const {request} of uploads) request.destroy()
  }
}

async function recover(server: OwnServer, queue: string, first: Upload): Promise<number | null> {
  const next = send(server, queue)
  await until(async () => (await askServer(server)).pools.producers.waiting === 1)
  const released = performance.now()
  first.request.end()
  const {status} = await next
  return status === 200 ? performance.now() - released : null
}

/** Begins an upload that goes on until its request is ended. */
function begin({url, token}: OwnServer, queue: string): Upload {
  const headers = {authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson'}
  const upload = request(`${url}/queue/${queue}/items`, {method: 'POST', headers, agent: false})
  const answer = new Promise<Answer>((resolve, reject) => {
    upload.on('error', reject)
    upload.on('response', (response: IncomingMessage) => {
      response.resume()
      const {statusCode: status = 0, headers: got} = response
      response.on('end', () => resolve({status, retryAfter: got['retry-after'] ?? null}))
    })
  })
  answer.catch(() => {})
  upload.write(nextBody(1))
  return {request: upload, answer}
}

function send(server: OwnServer, queue: string): Promise<Answer> {
  const {request, answer} = begin(server, queue)
  request.end()
  return answer
}

/** @throws Error if it is not so in time */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + FILL_MS
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('the server did not let all uploads in')
    await wait(5)
  }
}
