import type {FastifyReply} from 'fastify'
import {QtoolError} from '../../errors.ts'
import {type PageFile, readPage} from '../page-files.ts'
import type {Server} from '../server.ts'

/** Only files of this server; styles that a script sets on an element are no part of this. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The page and its files, which hold no data. */
export function addPage({app}: Server): void {
  const files = readPage()
  const config = {isPublic: true}
  const schema = {hide: true}
  app.get('/', {config, schema}, (_, reply) => send(reply, files.get('index.html')))
  app.get<{Params: {'*': string}}>('/assets/*', {config, schema}, ({params}, reply) =>
    send(reply, files.get(params['*'])),
  )
}

function send(reply: FastifyReply, file: PageFile | undefined): FastifyReply {
  if (!file) throw new QtoolError('there is no such file', {code: 'NO_ROUTE', kind: 'usage'})
  // Asked for again each time, so that a newer server is never used with an older page
  return reply
    .headers({
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'content-type': file.type,
      'cache-control': 'no-cache',
    })
    .send(file.bytes)
}
