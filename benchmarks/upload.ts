import {once} from 'node:events'
import {createReadStream, statSync} from 'node:fs'
import {request} from 'node:http'
import {json} from 'node:stream/consumers'
import {pipeline} from 'node:stream/promises'
import type {OwnServer} from '../src/bench/scenarios/api/own-server.ts'

/** Sends a file of NDJSON to a queue. @returns how many records were enqueued */
export async function uploadFile({url, token}: OwnServer, path: string, queue: string): Promise<number> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/x-ndjson',
    'content-length': statSync(path).size,
  }
  const post = request(`${url}/queue/${queue}/items`, {method: 'POST', headers})
  const answered = once(post, 'response')
  await pipeline(createReadStream(path, {highWaterMark: 1 << 18}), post)
  const [response] = await answered
  const {enqueued} = (await json(response)) as {enqueued: number}
  return enqueued
}
