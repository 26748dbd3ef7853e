import {createGunzip, type Gunzip} from 'node:zlib'
import {messageOf, QtoolError} from '../errors.ts'
import type {Chunks} from './source.ts'

/** Most bytes of text that are handed out at a time. */
const CHUNK_BYTES = 256 * 1024

/**
 * Bytes that are decompressed at a time. zlib hands out nothing of a piece in which it finds damage, so up to this
 * much before the damage may be lost; smaller pieces cost more calls.
 */
const PIECE_BYTES = 16 * 1024

/**
 * The text of one gzip file, or of many in a row; zeros after the last are padding.
 * @throws QtoolError `BAD_GZIP` if it is damaged, cut off, or followed by something else; what could be read is
 * handed on first
 */
export async function* gunzip(name: string, packed: Chunks): Chunks {
  const inflater = new Inflater()
  try {
    for await (const chunk of packed) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        yield* await inflater.write(chunk.subarray(at, at + PIECE_BYTES))
        inflater.assertSound()
      }
    }
    yield* await inflater.end()
    inflater.assertSound()
  } catch (error) {
    if (error instanceof QtoolError) throw error
    throw new QtoolError(`${name} is damaged or incomplete gzip data: ${messageOf(error)}`, {
      code: 'BAD_GZIP',
      kind: 'usage',
      suggestions: [
        'what could be read before the damage counts; fetch the file again, and run the command again',
      ],
      cause: error,
    })
  } finally {
    inflater.destroy()
  }
}

/**
 * Node's Gunzip, one piece after another. Reading it as a stream would lose what it holds when it fails, and whatever
 * follows padding.
 */
class Inflater {
  readonly #gunzip: Gunzip = createGunzip({chunkSize: CHUNK_BYTES})
  #text: Buffer[] = []
  #failure: unknown
  #isOver = false
  /** Bytes of all pieces so far. */
  #given = 0
  #wake = () => {}

  constructor() {
    this.#gunzip.on('data', (text: Buffer) => this.#text.push(text))
    this.#gunzip.on('error', (error) => {
      this.#failure ??= error
      this.#wake()
    })
    this.#gunzip.on('end', () => {
      this.#isOver = true
      this.#wake()
    })
  }

  /** @returns the text of the piece; nothing if the piece is damaged, which `assertSound` reports */
  async write(piece: Buffer): Promise<Buffer[]> {
    const before = this.#given
    this.#given += piece.length
    if (!this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        // Not called if the last member ends within the piece: then `end` is emitted
        this.#gunzip.write(piece, () => resolve())
      })
    }
    const behind = Math.max(0, this.#gunzip.bytesWritten - before)
    if (this.#isOver && piece.subarray(behind).some((byte) => byte !== 0)) {
      this.#failure ??= new Error('something else follows behind its end')
    }
    return this.#take()
  }

  async end(): Promise<Buffer[]> {
    if (!this.#isOver && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        this.#gunzip.end()
      })
    }
    return this.#take()
  }

  /** @throws the error in the data, if there is one */
  assertSound(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  destroy(): void {
    this.#gunzip.destroy()
  }

  #take(): Buffer[] {
    const text = this.#text
    this.#text = []
    return text
  }
}
