import {isLive} from '../source/open.ts'
import {skipFirst} from '../source/skip.ts'
import type {Source} from '../source/source.ts'
import type {Reading} from './enqueue-progress.ts'
import {InputPosition} from './input-position.ts'
import {inputSize} from './input-size.ts'
import {inputsOf} from './open-input.ts'
import {RejectsFile} from './rejects-file.ts'

/** What an `enqueue` is about to read. @param seed of the synthetic records; null without `--count` */
export async function readingOf(
  {flags: {count}, files}: {flags: {count?: number}; files: string[]},
  seed: number | null,
): Promise<Reading> {
  const position = new InputPosition()
  if (count !== undefined && seed !== null) {
    return {names: [], isLive: false, synthetic: {count, seed}, position}
  }
  const names = inputsOf(files)
  const size = await inputSize(names)
  return {names, isLive: await isLive(names, process.stdin), size, position}
}

/** A source without the records that an earlier run has read. */
export function skipping(source: Source, skip: number | undefined, position: InputPosition): Source {
  return skip === undefined
    ? source
    : skipFirst(source, skip, (name, records) => position.skipped(name, records))
}

/** A run that continues another keeps its rejects. */
export async function openRejects(
  {rejects, skip}: {rejects?: string; skip?: number},
  inputs: readonly string[],
): Promise<RejectsFile | undefined> {
  if (rejects === undefined) return undefined
  return RejectsFile.open(rejects, inputs, skip === undefined ? 'w' : 'a')
}
