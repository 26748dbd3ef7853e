import type {Command} from 'ioredis'
import {PreparedCommand} from './prepared-command.ts'

/** Room kept before the arguments for `*N`, the command's name, the key and what comes before the first of them. */
const HEAD_BYTES = 512

/** Most bytes for the length and the line breaks around an argument. */
const FRAME_BYTES = 24

/** Writes the text of the next score. */
export interface ScoreWriter {
  /** Bytes of the next score. */
  readonly length: number
  /** Writes it; returns the offset after it. */
  write(target: Buffer, at: number): number
}

/**
 * The arguments of one command, written straight into the bytes that go to the socket. ioredis would make several
 * strings or buffers of every argument and join them. The bytes belong to the command until its reply has come.
 */
export class BulkBuffer {
  #bytes: Buffer
  #end = HEAD_BYTES

  constructor(size = 192 * 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(HEAD_BYTES + size)
  }

  /** Bytes of the arguments so far. */
  get size(): number {
    return this.#end - HEAD_BYTES
  }

  clear(): void {
    this.#end = HEAD_BYTES
  }

  /** Adds `source[start..end]`. */
  add(source: Buffer, start: number, end: number): void {
    const length = end - start
    this.#need(length + FRAME_BYTES)
    this.#length(length)
    source.copy(this.#bytes, this.#end, start, end)
    this.#end += length
    this.#newline()
  }

  addScore(score: ScoreWriter): void {
    const {length} = score
    this.#need(length + FRAME_BYTES)
    this.#length(length)
    this.#end = score.write(this.#bytes, this.#end)
    this.#newline()
  }

  /** A copy of the argument of `length` bytes after which the arguments had `size` bytes. */
  argument(size: number, length: number): Buffer {
    const end = HEAD_BYTES + size - 2
    return Buffer.from(this.#bytes.subarray(end - length, end))
  }

  /** Copies of the arguments. @param count how many there are */
  all(count: number): Buffer[] {
    let at = HEAD_BYTES
    return Array.from({length: count}, () => {
      const line = this.#bytes.indexOf('\r\n', at)
      const start = line + 2
      const end = start + Number(this.#bytes.toString('latin1', at + 1, line))
      at = end + 2
      return Buffer.from(this.#bytes.subarray(start, end))
    })
  }

  /** @param count of arguments @param words between the key and the arguments */
  command(name: string, key: string, count: number, words: readonly string[] = []): Command {
    const before = [name.toUpperCase(), key, ...words]
    const head = `*${before.length + count}\r\n${before.map((one) => `$${Buffer.byteLength(one)}\r\n${one}\r\n`).join('')}`
    const start = HEAD_BYTES - Buffer.byteLength(head)
    this.#bytes.write(head, start)
    return new PreparedCommand(name, key, this.#bytes.subarray(start, this.#end))
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
