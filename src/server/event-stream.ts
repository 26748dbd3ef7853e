import type {FastifyReply, FastifyRequest} from 'fastify'

/** How often a comment is sent so that nobody in between takes the stream for dead, ms. */
const HEARTBEAT_MS = 15_000

/** A client that leaves this many bytes unread gets no more until it has read them. */
const MOST_UNREAD = 256 * 1024

/** Texts of what is sent to many. */
const texts = new WeakMap<object, string>()

/** Server-sent events to one client. */
export class EventStream {
  readonly #raw: FastifyReply['raw']
  readonly #onClose: Array<() => void> = []
  readonly #heartbeat: NodeJS.Timeout
  #isClosed = false

  /** @param stopping aborted when the server stops: the stream ends, and its client connects to another server */
  constructor(request: FastifyRequest, reply: FastifyReply, stopping: AbortSignal) {
    this.#raw = reply.raw
    reply.hijack()
    this.#raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      // nginx would keep events back until its buffer is full
      'x-accel-buffering': 'no',
    })
    this.#raw.write(': qtool\n\n')
    this.#heartbeat = setInterval(() => this.#write(':\n\n'), HEARTBEAT_MS)
    const end = () => this.end()
    request.raw.once('close', end)
    this.#raw.once('error', end)
    if (stopping.aborted) end()
    else stopping.addEventListener('abort', end, {once: true})
    this.onClose(() => stopping.removeEventListener('abort', end))
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Left out if the client is far behind: what comes next is newer. */
  send(event: string, data: object): void {
    if (this.#raw.writableLength > MOST_UNREAD) return
    this.#write(`event: ${event}\ndata: ${textOf(data)}\n\n`)
  }

  /** Calls `stop` once the stream has ended, or at once if it has already. */
  onClose(stop: () => void): void {
    if (this.#isClosed) stop()
    else this.#onClose.push(stop)
  }

  end(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#heartbeat)
    for (const stop of this.#onClose) stop()
    this.#raw.end()
  }

  #write(text: string): void {
    if (!this.#isClosed) this.#raw.write(text)
  }
}

/** JSON has no line breaks of its own, so it is one line of data. */
function textOf(data: object): string {
  const known = texts.get(data)
  if (known !== undefined) return known
  const text = JSON.stringify(data)
  texts.set(data, text)
  return text
}
