import type {Socket} from 'node:net'
import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify'
import {QtoolError} from '../errors.ts'

/**
 * Lets a server end without cutting off its requests: what is under way is finished, what comes in new is refused. The
 * probe of life is answered throughout, or a supervisor would kill the server while it drains.
 */
export class Draining {
  #inFlight = 0
  #isOver = false
  #whenIdle: (() => void) | undefined
  readonly #most: number

  /** @param most requests at a time */
  constructor(app: FastifyInstance, most: number) {
    this.#most = most
    app.addHook('onRequest', (request, reply, done) => {
      if (!this.#isOver && this.#inFlight < this.#most) this.#enter(request, reply)
      else if (!request.routeOptions.config.isPublic) return done(this.#refusal(reply))
      done()
    })
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Refuses new requests. @returns once none is under way */
  drain(): Promise<void> {
    this.#isOver = true
    return new Promise((resolve) => {
      this.#whenIdle = resolve
      if (this.#inFlight === 0) resolve()
    })
  }

  /** A pipelined request may lose its connection before its reply has had one, and then only the connection tells. */
  #enter(request: FastifyRequest, reply: FastifyReply): void {
    const carried = carriedBy(request.raw.socket)
    const leave = () => {
      if (carried.delete(leave)) this.#leave()
    }
    this.#inFlight++
    carried.add(leave)
    reply.raw.once('close', leave)
    if (request.raw.socket.destroyed) leave()
  }

  #refusal(reply: FastifyReply): QtoolError {
    if (!this.#isOver) return tooMany(this.#most)
    reply.header('connection', 'close')
    return draining()
  }

  #leave(): void {
    this.#inFlight--
    if (this.#inFlight === 0) this.#whenIdle?.()
  }
}

/** What is to be called for each request that a connection carries, once it is closed. */
const carried = new WeakMap<Socket, Set<() => void>>()

function carriedBy(socket: Socket): Set<() => void> {
  const known = carried.get(socket)
  if (known) return known
  const leaves = new Set<() => void>()
  socket.once('close', () => {
    for (const leave of leaves) leave()
  })
  carried.set(socket, leaves)
  return leaves
}

function draining(): QtoolError {
  return new QtoolError('this server is stopping', {
    code: 'DRAINING',
    kind: 'interrupted',
    suggestions: ['send the request again, to another server or once this one is back'],
  })
}

function tooMany(most: number): QtoolError {
  return new QtoolError(`this server handles ${most} requests at a time, and all are in use`, {
    code: 'BUSY',
    suggestions: ['try again after the time of the Retry-After header', 'raise --max-requests'],
  })
}
