import type {ChainableCommander, Redis} from 'ioredis'
import {PreparedCommand} from './prepared-command.ts'
import {isUnknown, type Script} from './script.ts'

/** Room kept before the arguments for `*N`, EVALSHA, the hash and the keys. */
const HEAD_BYTES = 1024

/** Most bytes for the length and the line breaks around an argument. */
const FRAME_BYTES = 24

/** Most attempts to load a script: a SCRIPT FLUSH may come between loading and calling it, but not every time. */
const MOST_LOADS = 20

/** The call of a script, written straight into the bytes that go to the socket; reusable after its reply. */
export class ScriptCall {
  #bytes = Buffer.allocUnsafeSlow(HEAD_BYTES + 128 * 1024)
  #end = HEAD_BYTES
  #args = 0

  get size(): number {
    return this.#end - HEAD_BYTES
  }

  /** Number of arguments. */
  get args(): number {
    return this.#args
  }

  clear(): void {
    this.#end = HEAD_BYTES
    this.#args = 0
  }

  /** Adds `source[start..end]`. */
  add(source: Buffer, start = 0, end = source.length): void {
    this.#open(end - start)
    source.copy(this.#bytes, this.#end, start, end)
    this.#close(end - start)
  }

  /** Adds an ASCII text. */
  addAscii(text: string): void {
    this.#open(text.length)
    this.#bytes.write(text, this.#end, 'latin1')
    this.#close(text.length)
  }

  /**
   * Runs the script by hash with the arguments added so far; if the server does not know it, it is loaded right before
   * the call.
   */
  async run(redis: Redis, script: Script, keys: string[]): Promise<unknown> {
    const call = this.#framed(['EVALSHA', script.sha], keys)
    for (let tries = 0; ; tries++) {
      const loading = tries > 0 ? redis.script('LOAD', script.lua) : undefined
      const calling = redis.sendCommand(new PreparedCommand('evalsha', keys[0], call)) as Promise<unknown>
      try {
        const [reply] = await Promise.all([calling, loading])
        return reply
      } catch (error) {
        if (!isUnknown(error) || tries === MOST_LOADS) throw error
      }
    }
  }

  /**
   * Adds the call to a pipeline or transaction, by the text of the script, which has to be short: an unknown hash would
   * fail alone while the rest is executed.
   */
  addTo(transaction: ChainableCommander, script: Script, keys: string[]): void {
    // The types of ioredis omit that a pipeline takes commands as a client does
    const pipeline = transaction as ChainableCommander & Pick<Redis, 'sendCommand'>
    void pipeline.sendCommand(new PreparedCommand('eval', keys[0], this.#framed(['EVAL', script.lua], keys)))
  }

  /** The whole call: its head is written into the room kept before the arguments. */
  #framed(start: string[], keys: string[]): Buffer {
    const words = [...start, String(keys.length), ...keys]
    const args = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
    const head = `*${words.length + this.#args}\r\n${args.join('')}`
    const from = HEAD_BYTES - Buffer.byteLength(head)
    this.#bytes.write(head, from)
    return this.#bytes.subarray(from, this.#end)
  }

  /** `$`, the length, CRLF. */
  #open(length: number): void {
    const needed = this.#end + length + FRAME_BYTES
    if (needed > this.#bytes.length) {
      const wider = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, needed))
      this.#bytes.copy(wider, 0, 0, this.#end)
      this.#bytes = wider
    }
    this.#bytes[this.#end++] = 0x24
    let unit = 1
    while (unit * 10 <= length) unit *= 10
    for (; unit >= 1; unit /= 10) this.#bytes[this.#end++] = 0x30 + (Math.floor(length / unit) % 10)
    this.#newline()
  }

  #close(length: number): void {
    this.#end += length
    this.#newline()
    this.#args++
  }

  #newline(): void {
    this.#bytes[this.#end++] = 0x0d
    this.#bytes[this.#end++] = 0x0a
  }
}
