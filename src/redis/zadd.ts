import type {ChainableCommander, Command, Redis} from 'ioredis'
import {PreparedCommand} from './prepared-command.ts'

/** Room kept before the members for `*N`, the command's name, the key and NX. */
const HEAD_BYTES = 512

/** Writes the text of the next member's score. */
export interface ScoreWriter {
  /** Bytes of the next score. */
  readonly length: number
  /** Writes it; returns the offset after it. */
  write(target: Buffer, at: number): number
}

/**
 * One `ZADD key NX score member …`, written straight into the bytes that go to the socket. ioredis would make
 * several strings or buffers of every argument and join them.
 * The bytes belong to the command until its reply has come.
 */
export class ZaddBuffer {
  readonly #key: string
  #bytes: Buffer
  #end = HEAD_BYTES
  #firstEnd = HEAD_BYTES
  #firstLength = 0
  members = 0

  constructor(key: string, size = 192 * 1024) {
    this.#key = key
    this.#bytes = Buffer.allocUnsafeSlow(HEAD_BYTES + size)
  }

  /** Bytes of the members so far. */
  get size(): number {
    return this.#end - HEAD_BYTES
  }

  clear(): void {
    this.#end = HEAD_BYTES
    this.members = 0
  }

  /** Adds the member `source[start..end]` with the next score. */
  add(score: ScoreWriter, source: Buffer, start: number, end: number): void {
    const length = end - start
    this.#need(length + 96)
    this.#length(score.length)
    this.#end = score.write(this.#bytes, this.#end)
    this.#newline()
    this.#length(length)
    source.copy(this.#bytes, this.#end, start, end)
    this.#end += length
    if (this.members === 0) {
      this.#firstEnd = this.#end
      this.#firstLength = length
    }
    this.#newline()
    this.members++
  }

  /** A copy of the first member. */
  first(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#firstEnd - this.#firstLength, this.#firstEnd))
  }

  /** Its reply is the number of members that were not there yet. */
  #command(): Command {
    const key = Buffer.byteLength(this.#key)
    const head = `*${3 + 2 * this.members}\r\n$4\r\nZADD\r\n$${key}\r\n${this.#key}\r\n$2\r\nNX\r\n`
    const start = HEAD_BYTES - Buffer.byteLength(head)
    this.#bytes.write(head, start)
    return new PreparedCommand('zadd', this.#key, this.#bytes.subarray(start, this.#end))
  }

  /** Adds the command to a pipeline or transaction. */
  addTo(transaction: ChainableCommander): void {
    // The types of ioredis omit that a pipeline takes commands as a client does
    const pipeline = transaction as ChainableCommander & Pick<Redis, 'sendCommand'>
    void pipeline.sendCommand(this.#command())
  }

  /** `$`, a number, CRLF. */
  #length(value: number): void {
    this.#bytes[this.#end++] = 0x24
    let unit = 1
    while (unit * 10 <= value) unit *= 10
    for (; unit >= 1; unit /= 10) this.#bytes[this.#end++] = 0x30 + (Math.floor(value / unit) % 10)
    this.#newline()
  }

  #newline(): void {
    this.#bytes[this.#end++] = 0x0d
    this.#bytes[this.#end++] = 0x0a
  }

  #need(size: number): void {
    if (this.#end + size <= this.#bytes.length) return
    const wider = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#end + size))
    this.#bytes.copy(wider, 0, 0, this.#end)
    this.#bytes = wider
  }
}
