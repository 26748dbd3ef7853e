import type {Chunks} from './source.ts'

const CR = 0x0d
const LF = 0x0a

/**
 * The same bytes with every line end as LF: CR LF, CR CR LF, which a text mode applied twice writes, and CR alone. A
 * CR at the end of a chunk is held back, since it may be the first half of a line end. For formats in which no value
 * holds a CR.
 */
export async function* withNewlines(chunks: Chunks): Chunks {
  let held = 0
  for await (const chunk of chunks) {
    if (held === 0 && !chunk.includes(CR)) {
      yield chunk
      continue
    }
    const bytes = held === 0 ? chunk : Buffer.concat([Buffer.alloc(held, CR), chunk])
    held = trailing(bytes)
    yield replace(bytes, bytes.length - held)
  }
  if (held > 0) yield Buffer.alloc(held, LF)
}

/** Most CRs that belong to one LF. */
const MOST = 2

/** CRs at the end that would belong to a following LF. */
function trailing(bytes: Buffer): number {
  let count = 0
  while (count < MOST && bytes[bytes.length - 1 - count] === CR) count++
  return count
}

/** `bytes[..end]` with its line ends replaced, in a new buffer. */
function replace(bytes: Buffer, end: number): Buffer {
  const target = Buffer.allocUnsafe(end)
  let to = 0
  let from = 0
  while (from < end) {
    const found = bytes.indexOf(CR, from)
    const cr = found < 0 || found > end ? end : found
    to += bytes.copy(target, to, from, cr)
    from = cr
    while (from < end && bytes[from] === CR) from++
    const belonging = from < end && bytes[from] === LF ? MOST : 0
    for (let lines = from - cr - belonging; lines > 0; lines--) target[to++] = LF
  }
  return target.subarray(0, to)
}
