import {isUtf8} from 'node:buffer'
import {once} from 'node:events'
import {createWriteStream, type WriteStream} from 'node:fs'
import {finished} from 'node:stream/promises'
import {messageOf, QtoolError, usageError} from '../errors.ts'
import type {Reject} from './source.ts'

/** The file of --rejects: every rejected line, as NDJSON. */
export class RejectsFile {
  readonly #stream: WriteStream
  #failure: unknown

  private constructor(stream: WriteStream) {
    this.#stream = stream
    // It comes between two calls; without a listener it would end the process
    stream.on('error', (error) => {
      this.#failure = error
    })
  }

  /** @throws QtoolError (usage) where it cannot be made */
  static async open(path: string): Promise<RejectsFile> {
    const stream = createWriteStream(path)
    try {
      await once(stream, 'open')
    } catch (error) {
      throw usageError(`cannot write the --rejects file ${path}: ${messageOf(error)}`)
    }
    return new RejectsFile(stream)
  }

  /** @throws QtoolError `REJECTS_FAILED` where the file has no room for it, or had none for an earlier one */
  async write({source, line, code, message, bytes}: Reject): Promise<void> {
    if (this.#failure !== undefined) this.#fail(this.#failure)
    const text = isUtf8(bytes) ? {text: bytes.toString()} : {base64: bytes.toString('base64')}
    if (this.#stream.write(`${JSON.stringify({source, line, code, message, ...text})}\n`)) return
    await once(this.#stream, 'drain').catch((error: unknown) => this.#fail(error))
  }

  /** @throws QtoolError `REJECTS_FAILED` where not all is in the file */
  async close(): Promise<void> {
    this.#stream.end()
    await finished(this.#stream).catch((error: unknown) => this.#fail(error))
  }

  #fail(error: unknown): never {
    throw new QtoolError(`the --rejects file ${this.#stream.path} is incomplete: ${messageOf(error)}`, {
      code: 'REJECTS_FAILED',
      suggestions: [
        'free some space or name another file, then enqueue the same input again; items still in the queue count as duplicates',
      ],
      cause: error,
    })
  }
}
