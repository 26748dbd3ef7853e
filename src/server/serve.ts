import type {AddressInfo} from 'node:net'
import {setTimeout as delay} from 'node:timers/promises'
import type {Settings} from '../config/settings.ts'
import {QtoolError, usageError} from '../errors.ts'
import {withPool} from '../postgres/pool.ts'
import {closeRedis} from '../redis/client.ts'
import type {OpenRedis} from '../redis/connect.ts'
import {assertConfirms} from '../redis/durability.ts'
import {AUDIT_KEY} from '../redis/keys.ts'
import {clientFor} from '../redis/route.ts'
import {makeApp} from './app.ts'
import {AllowedHosts, isLoopback} from './hosts.ts'
import {gatherResources, POSTGRES_CONNECTIONS, type Resources} from './resources.ts'
import type {Server} from './server.ts'
import {readTlsFiles} from './tls-files.ts'
import {makeToken, readToken, Token} from './token.ts'

export interface ServeOptions {
  settings: Settings
  version: string
  host: string
  /** 0 means any that is free. */
  port: number
  allowedHosts: string[]
  /** Files of a certificate and its key, in PEM; without them it serves plain HTTP. */
  tls: {cert: string; key: string} | undefined
  /** Requests a second that one address may send; undefined for no limit. */
  rate: number | undefined
  maxRequests: number
  /** How long a body may take that is read whole, ms. */
  bodyMs: number
  /** How long requests that are under way may take once the server is told to stop, ms. */
  graceMs: number
  env: NodeJS.ProcessEnv
  /** Aborted to stop the server. */
  signal: AbortSignal
  openRedis(): Promise<OpenRedis>
  /** Opens the connection for what only reads; without it, that of `openRedis` serves for it. */
  openReading?(): Promise<OpenRedis>
  note(text: string): void
  /** Told once requests are accepted. */
  onListening(at: Listening): void
}

export interface Listening {
  /** `http://host:port` */
  url: string
  /** The token that was made; undefined if it came from QTOOL_TOKEN. */
  madeToken: string | undefined
}

export interface ServeResult {
  url: string
  seconds: number
  /** Requests that did not end within the grace period, and were cut off. */
  cutOff: number
}

const UNENCRYPTED =
  'WARNING: the token and all records travel unencrypted; give --tls-cert and --tls-key, or put a proxy with TLS in front'

/** How long requests that are given up have to answer, ms. */
const GIVEN_UP_MS = 500

/** Wrong tokens that one address may show in ten seconds. */
const MOST_WRONG = 50

/**
 * Serves until the signal is aborted, then lets requests end.
 * @throws QtoolError (usage) for an address that other machines reach without QTOOL_TOKEN, and for a durability that the
 * server does not have; (connect) if Redis is away
 */
export async function serve(options: ServeOptions): Promise<ServeResult> {
  const token = tokenFor(options)
  if (!options.tls && !isLoopback(options.host)) options.note(UNENCRYPTED)
  const hosts = new AllowedHosts(options.allowedHosts)
  const {settings, note} = options
  const tls = readTlsFiles(options)
  const redis = await openWriting(options)
  const reading = await openReading(options, redis)
  const giveUp = new AbortController()
  const run = async (pool: Resources['pool']) => {
    const resources = gatherResources(
      {settings, redis, reading, pool, stopping: options.signal, signal: giveUp.signal, note},
      token.text,
    )
    const limits = {hosts, token: new Token(token.text), mostWrong: MOST_WRONG}
    const server = await makeApp(resources, {...limits, ...options, tls})
    return runServer(server, options, token.isMade ? token.text : undefined, giveUp)
  }
  try {
    const url = settings.databaseUrl?.value
    return await (url === undefined ? run(undefined) : withPool(url, {max: POSTGRES_CONNECTIONS}, run))
  } finally {
    closeRedis(redis.redis)
    if (reading !== redis) closeRedis(reading.redis)
  }
}

/** The connection for what writes. A server that can never confirm an item is found out before the first is sent. */
async function openWriting({openRedis, settings}: ServeOptions): Promise<OpenRedis> {
  const opened = await openRedis()
  try {
    await assertConfirms(await clientFor(opened.redis, AUDIT_KEY), settings.durability)
    return opened
  } catch (error) {
    closeRedis(opened.redis)
    throw opened.translate(error)
  }
}

/** The connection for what only reads. The other one is closed if it fails. */
async function openReading(options: ServeOptions, redis: OpenRedis): Promise<OpenRedis> {
  try {
    return (await options.openReading?.()) ?? redis
  } catch (error) {
    closeRedis(redis.redis)
    throw error
  }
}

function tokenFor({host, env}: ServeOptions): {text: string; isMade: boolean} {
  const given = readToken(env)
  if (given !== undefined) return {text: given, isMade: false}
  if (isLoopback(host)) return {text: makeToken(), isMade: true}
  throw usageError(
    `other machines can reach ${host}, and there is no QTOOL_TOKEN to keep them out`,
    'set QTOOL_TOKEN to a secret: openssl rand -hex 24',
    'or leave --host out, to serve this machine only',
  )
}

async function runServer(
  server: Server,
  options: ServeOptions,
  madeToken: string | undefined,
  giveUp: AbortController,
): Promise<ServeResult> {
  const {app, resources} = server
  const started = performance.now()
  try {
    await listen(server, options)
    const url = urlOf(app.server.address() as AddressInfo, options)
    options.onListening({url, madeToken})
    await server.runner.start()
    await stopped(options.signal)
    const [cutOff] = await Promise.all([drain(server, options.graceMs), server.runner.stop()])
    return {url, seconds: (performance.now() - started) / 1000, cutOff}
  } finally {
    giveUp.abort()
    // What was given up still answers, if it does so at once
    await Promise.race([server.draining.drain(), delay(GIVEN_UP_MS, undefined, {ref: false})])
    server.monitors.close()
    await app.close()
    await resources.producers.close()
  }
}

async function listen({app}: Server, {host, port}: ServeOptions): Promise<void> {
  try {
    await app.listen({host, port, backlog: 1024})
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    const why = WHY[code]
    if (why === undefined) throw error
    throw new QtoolError(`cannot listen on ${host}:${port}: ${why}`, {
      code: 'LISTEN',
      kind: 'usage',
      suggestions: ['choose another with --port; --port 0 takes any that is free'],
    })
  }
}

const WHY: Record<string, string> = {
  EADDRINUSE: 'another process uses this port',
  EACCES: 'this user may not use this port',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
}

function urlOf({address, family, port}: AddressInfo, {tls}: ServeOptions): string {
  return `${tls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), {once: true})
  })
}

/** @returns how many requests were still under way at the end of the grace period */
async function drain({draining}: Server, graceMs: number): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs)
  })
  await Promise.race([draining.drain(), over])
  clearTimeout(timer)
  return draining.inFlight
}
