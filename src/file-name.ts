import {usageError} from './errors.ts'

/**
 * Asserts that a file is named, and not `-`: that means stdin where files are read, and would make a file of this name.
 * @param flag that names it @param instead what to do for stdout @throws QtoolError (usage)
 */
export function assertFileName(path: string, flag: string, instead: string): void {
  if (path === '-') throw usageError(`expected a file for ${flag}, got "-"`, instead)
}
