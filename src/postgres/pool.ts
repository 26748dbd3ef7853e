import {Socket} from 'node:net'
import type pg from 'pg'
import {giveUpIfSilent, type Interrupt, orInterrupted} from '../interrupt.ts'
import {AdaptivePool} from './adaptive-pool.ts'
import {askPostgres} from './ask.ts'
import {translatePostgresError} from './driver-error.ts'
import {type PoolLimits, planPool} from './pool-config.ts'

export interface PoolOptions extends PoolLimits {
  /** Called once if the server gives fewer connections than `max`; callers then share those it gives. */
  onShared?: () => void
  /** Once it is told to stop, a server that does not answer is not waited for. */
  interrupt?: Interrupt
  /** Aborting it closes all connections, whatever they are waiting for. */
  hangUp?: AbortSignal
}

/** How long a server may take to close a connection that says goodbye, ms; a half-open socket would never close. */
const HANG_UP_MS = 2000

/** The same once the command was told to stop, ms. */
const STOPPED_MS = 200

/**
 * Runs `use` with a pool and closes the pool in every case.
 * @throws QtoolError `CONNECT` if the server cannot be reached; driver errors are translated once, here
 */
export async function withPool<T>(
  url: string,
  options: PoolOptions,
  use: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const plan = planPool(url, options, process.env)
  const sockets = new Set<Socket>()
  let isGivenUp = false
  const config = {...plan.config, stream: () => (isGivenUp ? closedSocket() : keptIn(sockets))}
  const pool = new AdaptivePool({...plan, config}, options.onShared ?? (() => {}))
  // The pool discards an idle connection that breaks; the next query gets a new one or an error
  pool.on('error', () => {})
  // A connection in use has only this listener: without it, one that the server ends would crash the process
  pool.on('connect', (client) => client.on('error', () => {}))
  const hangUp = () => {
    isGivenUp = true
    for (const socket of sockets) socket.destroy()
  }
  options.hangUp?.addEventListener('abort', hangUp)
  const {interrupt} = options
  const {host, port} = plan.config
  const ask = () => askPostgres(host, port)
  const server = {name: `Postgres at ${plan.server}`, ask, giveUp: hangUp}
  const stopWatching = interrupt && giveUpIfSilent(interrupt, server)
  try {
    return await use(pool)
  } catch (error) {
    throw orInterrupted(interrupt, translatePostgresError(error, plan.server))
  } finally {
    stopWatching?.()
    // The timer must not keep the process alive once all sockets are closed
    setTimeout(hangUp, interrupt?.signal.aborted ? STOPPED_MS : HANG_UP_MS).unref()
    await pool.end().catch(() => {})
  }
}

/** A socket for the driver; it stays in the set while it is open. */
function keptIn(sockets: Set<Socket>): Socket {
  const socket = new Socket()
  sockets.add(socket)
  return socket.once('close', () => sockets.delete(socket))
}

/** A socket that fails at once: nobody waits a second time for a server that was given up. */
function closedSocket(): Socket {
  const socket = new Socket()
  process.nextTick(() => socket.destroy(new Error('Connection terminated: the server was given up')))
  return socket
}
