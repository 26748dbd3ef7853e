import {inflateSync} from 'node:zlib'
import {JobFault} from './payload.ts'

/** Strictly: Buffer.from skips what is no base64. */
export function fromBase64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new JobFault('JOB', `${what} is not base64`)
  return bytes
}

/** @throws JobFault for what is no zlib stream, or would be larger than `maxBytes`: a few bytes may hold gigabytes */
export function inflate(bytes: Buffer, maxBytes: number, what: string): Buffer {
  try {
    return inflateSync(bytes, {maxOutputLength: maxBytes})
  } catch (error) {
    const isLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    throw isLarge
      ? new JobFault('SIZE', `${what} is larger than the limit of ${maxBytes} bytes when it is decompressed`)
      : new JobFault('JOB', `${what} is not compressed with zlib`)
  }
}
