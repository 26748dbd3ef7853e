import {existsSync} from 'node:fs'
import {delimiter, join} from 'node:path'

/** The first of these programs that is on the PATH. */
export function findOnPath(names: readonly string[], {PATH = ''}: NodeJS.ProcessEnv): string | undefined {
  const folders = PATH.split(delimiter).filter(Boolean)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}
