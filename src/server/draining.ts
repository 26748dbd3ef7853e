import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify'
import {QtoolError} from '../errors.ts'
import {closingOf} from './gone.ts'

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
    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.config.isPublic) return
      if (this.#isOver) {
        reply.header('connection', 'close')
        throw draining()
      }
      if (this.#inFlight >= this.#most) throw tooMany(this.#most)
      this.#enter(request, reply)
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
    const closing = closingOf(request.raw.socket)
    let isInside = true
    const leave = () => {
      if (!isInside) return
      isInside = false
      closing.removeEventListener('abort', leave)
      this.#leave()
    }
    this.#inFlight++
    reply.raw.once('close', leave)
    if (closing.aborted) leave()
    else closing.addEventListener('abort', leave)
  }

  #leave(): void {
    this.#inFlight--
    if (this.#inFlight === 0) this.#whenIdle?.()
  }
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
