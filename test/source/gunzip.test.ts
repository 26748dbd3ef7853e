import {createHash} from 'node:crypto'
import {gunzipSync, gzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {gunzip} from '../../src/source/gunzip.ts'
import type {Chunks} from '../../src/source/source.ts'
import {inPieces} from './reading.ts'

/** About 2 MB that do not compress too well. */
const TEXT = Array.from({length: 30_000}, (_, n) => `{"n":${n},"v":"${hash(n)}"}\n`).join('')
const PACKED = gzipSync(TEXT)

function hash(n: number): string {
  return createHash('sha256').update(String(n)).digest('hex')
}

/** One of ten parts of the text. */
function part(i: number): string {
  const size = Math.ceil(TEXT.length / 10)
  return TEXT.slice(i * size, (i + 1) * size)
}

async function read(packed: Chunks): Promise<{text: string; error: string}> {
  const parts: Buffer[] = []
  try {
    for await (const part of gunzip('x.gz', packed)) parts.push(Buffer.from(part))
  } catch (error) {
    return {text: Buffer.concat(parts).toString(), error: String(error)}
  }
  return {text: Buffer.concat(parts).toString(), error: ''}
}

/** About how many bytes at the end of the packed file the part after `text` takes. */
function packedBytesOf(text: string): number {
  return gzipSync(TEXT.slice(text.length)).length
}

describe.each([1000, 16 * 1024, 300_000])('gzip that comes %i bytes at a time', (size) => {
  it.each<[string, Buffer]>([
    ['one member', PACKED],
    ['many members', Buffer.concat(Array.from({length: 10}, (_, i) => gzipSync(part(i))))],
    ['an empty member in front and behind', Buffer.concat([gzipSync(''), PACKED, gzipSync('')])],
    ['zeros behind it', Buffer.concat([PACKED, Buffer.alloc(100_000)])],
  ])('is read whole: %s', async (_name, packed) => {
    const {text, error} = await read(inPieces(packed, size))
    expect(error).toBe('')
    // Not toBe: it would print both texts
    expect(text === TEXT).toBe(true)
  })

  it.each<[string, Buffer, RegExp]>([
    ['text behind it', Buffer.concat([PACKED, Buffer.from('{"n":-1}\n')]), /incorrect header check/],
    [
      'its checksum wrong',
      Buffer.concat([PACKED.subarray(0, -8), Buffer.alloc(8, 1)]),
      /incorrect data check/,
    ],
    ['its end missing', PACKED.subarray(0, -12), /unexpected end of file/],
    [
      'a member behind zeros',
      Buffer.concat([PACKED, Buffer.alloc(512), gzipSync('{"n":-1}\n')]),
      /behind its end/,
    ],
    ['text behind zeros', Buffer.concat([PACKED, Buffer.alloc(70_000), Buffer.from('x')]), /behind its end/],
  ])('is an error, and read up to 16 KiB before it at least: %s', async (_name, packed, message) => {
    const {text, error} = await read(inPieces(packed, size))
    expect(error).toMatch(message)
    expect(error).toContain('x.gz is damaged or incomplete gzip data')
    expect(TEXT.startsWith(text)).toBe(true)
    expect(packedBytesOf(text)).toBeLessThan(20 * 1024)
  })
})

it('knows what the test knows', () => {
  expect(gunzipSync(PACKED).toString()).toBe(TEXT)
})
