import {isUtf8} from 'node:buffer'
import {once} from 'node:events'
import {createWriteStream, fstatSync, type Stats, type WriteStream} from 'node:fs'
import {stat} from 'node:fs/promises'
import {finished} from 'node:stream/promises'
import {messageOf, QtoolError, usageError} from '../errors.ts'
import {assertFileName} from '../file-name.ts'
import type {Reject} from '../source/source.ts'

/** The file of --rejects: every rejected line, as NDJSON. */
export class RejectsFile {
  readonly #stream: WriteStream
  #failure: unknown

  private constructor(stream: WriteStream) {
    this.#stream = stream
    // An error may come between two calls; without a listener it would end the process
    stream.on('error', (error) => {
      this.#failure = error
    })
  }

  /**
   * @param flags `a` to keep what it holds, else it is written anew
   * @param inputs files that are about to be read, `-` for stdin: opening one of them for writing would empty it
   * @throws QtoolError (usage) if it cannot be created, or is one of the inputs
   */
  static async open(path: string, inputs: readonly string[], flags: 'w' | 'a' = 'w'): Promise<RejectsFile> {
    assertFileName(path, '--rejects', '/dev/stdout writes them to stdout')
    await assertOther(path, inputs)
    const stream = createWriteStream(path, {flags})
    try {
      await once(stream, 'open')
    } catch (error) {
      throw usageError(`cannot write the --rejects file ${path}: ${messageOf(error)}`)
    }
    return new RejectsFile(stream)
  }

  /** @throws QtoolError `REJECTS_FAILED` if it, or an earlier reject, could not be written */
  async write({bytes, ...reject}: Reject): Promise<void> {
    if (this.#failure !== undefined) this.#fail(this.#failure)
    const text = isUtf8(bytes) ? {text: bytes.toString()} : {base64: bytes.toString('base64')}
    if (this.#stream.write(`${JSON.stringify({...reject, ...text})}\n`)) return
    await once(this.#stream, 'drain').catch((error: unknown) => this.#fail(error))
  }

  /** @throws QtoolError `REJECTS_FAILED` if not everything is in the file */
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

/** Compares the files themselves, which may have several names: links, relative paths, a redirection. */
async function assertOther(path: string, inputs: readonly string[]): Promise<void> {
  const output = await statOf(path)
  if (!output?.isFile()) return
  for (const input of inputs) {
    const read = input === '-' ? fstatSync(0) : await statOf(input)
    if (read?.dev !== output.dev || read.ino !== output.ino) continue
    throw usageError(
      `the --rejects file ${path} is also an input${input === '-' ? ' (stdin)' : ''}, and would be overwritten before it is read`,
      'name another file for the rejects',
    )
  }
}

/** Undefined for a path that does not exist, or cannot be read: opening it reports why. */
function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined)
}
