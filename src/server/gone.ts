import {setMaxListeners} from 'node:events'
import type {Socket} from 'node:net'

/** Aborted once each connection is closed. */
const closed = new WeakMap<Socket, AbortSignal>()

/** A signal that is aborted once a connection is closed: one for all requests that it carries. */
export function closingOf(socket: Socket): AbortSignal {
  const known = closed.get(socket)
  if (known) return known
  const controller = new AbortController()
  if (socket.destroyed) controller.abort()
  else socket.once('close', () => controller.abort())
  setMaxListeners(0, controller.signal)
  closed.set(socket, controller.signal)
  return controller.signal
}
