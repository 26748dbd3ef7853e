import {escapeControls} from '../render/escape.ts'

/**
 * Writes a result that is data to stdout; on a terminal its control characters are escaped.
 * @returns false if the reader of stdout left before the end
 */
export async function printData(data: AsyncIterable<Buffer>): Promise<boolean> {
  for await (const part of data) if (!(await print(part))) return false
  return true
}

/** @returns false once the reader has closed the pipe */
async function print(part: Buffer): Promise<boolean> {
  const {stdout} = process
  const bytes = stdout.isTTY ? escapeControls(part.toString()) : part
  return new Promise((resolve) => {
    stdout.write(bytes, (error) => resolve(!error))
  })
}
