import {readFileSync} from 'node:fs'
import {messageOf, usageError} from '../errors.ts'

/** A file for TLS. @param what it is, for the message. @throws QtoolError (usage) where it cannot be read */
export function readPem(what: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw usageError(
      `cannot read the ${what} for TLS: ${messageOf(error)}`,
      'check the path and the permissions of the file',
    )
  }
}
