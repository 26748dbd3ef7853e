import {readFileSync} from 'node:fs'
import {messageOf, usageError} from '../errors.ts'

/** Reads a file for TLS. @param what names it in messages @throws QtoolError (usage) if it cannot be read */
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
