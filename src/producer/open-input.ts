import {fstatSync} from 'node:fs'
import {type QtoolError, usageError} from '../errors.ts'
import type {Format} from '../source/formats.ts'
import {openSources} from '../source/open.ts'
import type {Source} from '../source/source.ts'
import type {Wrapping} from './item-shape.ts'

/** A file that could not be read to its end. */
export interface FailedFile {
  file: string
  error: QtoolError
}

/** What `enqueue` was told to read, or to generate. */
export interface InputOptions {
  flags: {format?: Format; count?: number; invalid?: number; 'max-bytes': number; lenient: boolean}
  files: string[]
  /** What will surround each record. */
  wrapping: Wrapping
  /** Aborting it ends the reading of files. */
  closing: AbortSignal
  /** Told of the bytes of files as they are read. */
  onBytes?: (bytes: number) => void
  note(text: string): void
}

/** The files that were named; stdin, which is `-`, if none was. */
export function inputsOf(files: string[]): string[] {
  return files.length > 0 ? files : ['-']
}

/**
 * The records of all files, or the synthetic ones of `--count`.
 * @param seed of the synthetic ones; null without `--count`
 * @param failed takes the files that could not be read to their end
 * @throws QtoolError (usage) if there is nothing that can be read
 */
export async function openInput(
  {flags, files, wrapping, closing, note, onBytes}: InputOptions,
  seed: number | null,
  failed: FailedFile[],
): Promise<Source> {
  const maxBytes = roomFor(flags['max-bytes'], wrapping)
  if (flags.count === undefined || seed === null) {
    if (inputsOf(files).includes('-')) assertStdin(files)
    return openSources({
      files,
      format: flags.format,
      stdin: process.stdin,
      maxBytes,
      outerDepth: wrapping.depth,
      lenient: flags.lenient,
      closing,
      onBytes,
      onEmpty: (file) => note(`${file} holds no records`),
      onFailure: (file, error) => {
        failed.push({file, error})
        if (files.length > 1) note(error.message)
      },
    })
  }
  if (files.length > 0) throw usageError(`--count cannot be combined with files (${files[0]})`)
  const {synthesize} = await import('../sample/synthetic.ts')
  const {count, invalid = 0} = flags
  return synthesize({count, seed, invalid, maxBytes})
}

/** Bytes that are left for a record, so that its item does not become too large. */
function roomFor(maxBytes: number, wrapping: Wrapping): number {
  const room = maxBytes - wrapping.bytes
  if (room >= SMALLEST) return room
  throw usageError(
    `--max-bytes ${maxBytes} leaves no room for a record: what stands around it takes ${wrapping.bytes} bytes`,
  )
}

/** Bytes of the smallest record, `{}`. */
const SMALLEST = 2

/**
 * Node presents a stdin that it cannot read, such as a folder, as one that has ended: it would pass for an empty
 * file.
 */
function assertStdin(files: string[]): void {
  if (files.length === 0 && process.stdin.isTTY) {
    throw usageError(
      'no input: name files, or pipe records to stdin',
      'qtool enqueue FILE…',
      'qtool enqueue --count 50k',
    )
  }
  if (fstatSync(0).isDirectory()) throw usageError('stdin is a folder', 'name the files in it')
}
