import {createGunzip, type Gunzip} from 'node:zlib'
import {messageOf, QtoolError} from '../errors.ts'
import type {Chunks} from './source.ts'

/** Of the text, at most so much comes at a time. */
const CHUNK_BYTES = 256 * 1024

/**
 * How much is decompressed at a time. zlib hands out nothing of a piece that it finds damaged, so that this much before
 * the damage may be lost; smaller pieces cost more calls.
 */
const PIECE_BYTES = 16 * 1024

/**
 * The text of one gzip file, or of many in a row; zeros behind the last are padding.
 * @throws QtoolError `BAD_GZIP` where it is damaged, cut off, or has something else behind it; what could be read is
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
      suggestions: [
        'what could be read before the damage was enqueued; fetch the file again and enqueue it again',
      ],
      cause: error,
    })
  } finally {
    inflater.destroy()
  }
}

/**
 * Node's Gunzip, one piece after another. To read it as a stream would lose what it holds when it fails, and whatever
 * stands behind padding.
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

  /** @returns what it holds; none of it where it is found damaged, which `assertSound` tells */
  async write(piece: Buffer): Promise<Buffer[]> {
    const before = this.#given
    this.#given += piece.length
    if (!this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        // Not called where the last member ends within the piece: then `end` comes
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

  /** @throws what is wrong with the data */
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
