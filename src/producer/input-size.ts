import {stat} from 'node:fs/promises'

/** Bytes of all these inputs; undefined if one is no regular file, so that nobody knows how much will come. */
export async function inputSize(inputs: readonly string[]): Promise<number | undefined> {
  let size = 0
  for (const input of inputs) {
    const found = input === '-' ? undefined : await stat(input).catch(() => undefined)
    if (!found?.isFile()) return undefined
    size += found.size
  }
  return size
}
