import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {MAX_ITEM_BYTES} from '../json/item.ts'
import {packageFile} from '../package-file.ts'
import {openSources} from '../source/open.ts'
import type {Batch, Source} from '../source/source.ts'
import {synthesize} from './synthetic.ts'

/** Real recordings that come with qtool; SOURCES.md in the folder lists where they are from. */
const TRACKS = packageFile('examples', 'tracks')

/** `count` records: real track points first, then `bad` that Postgres must refuse. */
export async function* demoSource(count: number, bad: number): Source {
  const names = (await readdir(TRACKS)).filter((name) => /\.(igc|gpx)\.gz$/.test(name)).sort()
  const files = names.map((name) => join(TRACKS, name))
  let left = count - bad
  for await (const batch of await openSources({files, stdin: process.stdin, maxBytes: MAX_ITEM_BYTES})) {
    const part = first(batch, left)
    left -= part.count + part.rejects.length
    yield part
    if (left === 0) break
  }
  yield* synthesize({count: bad + left, seed: 1, invalid: bad / (bad + left), maxBytes: MAX_ITEM_BYTES})
}

/** At most `most` lines of a batch. */
function first(batch: Batch, most: number): Batch {
  const rejects = batch.rejects.slice(0, most)
  return {
    ...batch,
    rejects,
    itemsBefore: batch.itemsBefore.slice(0, rejects.length),
    count: Math.min(batch.count, most - rejects.length),
  }
}
