import {Socket} from 'node:net'
import type pg from 'pg'
import {AdaptivePool} from './adaptive-pool.ts'
import {translatePostgresError} from './driver-error.ts'
import {type PoolLimits, planPool} from './pool-config.ts'

export interface PoolOptions extends PoolLimits {
  /** Called once if the server gives fewer connections than `max`; callers then share those it gives. */
  onShared?: () => void
  /** Once it is aborted all connections are closed, whatever they wait for. */
  hangUp?: AbortSignal
}

/** A server closes a connection within this time after a goodbye; a half-open socket never would, ms. */
const HANG_UP_MS = 2000

/**
 * A pool for the time of `use`, closed on every path.
 * @throws QtoolError `CONNECT` where the server cannot be reached; driver errors are translated once, here.
 */
export async function withPool<T>(
  url: string,
  options: PoolOptions,
  use: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const plan = planPool(url, options, process.env)
  const sockets = new Set<Socket>()
  const config = {...plan.config, stream: () => keptIn(sockets)}
  const pool = new AdaptivePool({...plan, config}, options.onShared ?? (() => {}))
  // An idle connection that breaks is thrown away by the pool; the next query gets a new one or an error.
  pool.on('error', () => {})
  // One in use has no listener but ours: without it a connection that the server ends would end this process
  pool.on('connect', (client) => client.on('error', () => {}))
  const hangUp = () => {
    for (const socket of sockets) socket.destroy()
  }
  options.hangUp?.addEventListener('abort', hangUp)
  try {
    return await use(pool)
  } catch (error) {
    throw translatePostgresError(error, plan.server)
  } finally {
    // The timer does not keep the process alive: once all sockets are closed it may end
    setTimeout(hangUp, HANG_UP_MS).unref()
    await pool.end().catch(() => {})
  }
}

/** A socket for the driver, in the set for as long as it is open. */
function keptIn(sockets: Set<Socket>): Socket {
  const socket = new Socket()
  sockets.add(socket)
  return socket.once('close', () => sockets.delete(socket))
}
