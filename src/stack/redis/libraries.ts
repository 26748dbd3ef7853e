import {existsSync, readdirSync} from 'node:fs'
import {delimiter, join} from 'node:path'

/** The folders in which packages unpacked into `folder` have their shared libraries. */
export function libraryFolders(folder: string): string[] {
  const roots = ['usr/lib', 'lib'].map((part) => join(folder, part)).filter((part) => existsSync(part))
  return roots.flatMap((root) => [root, ...readdirSync(root).map((name) => join(root, name))])
}

/**
 * The environment of a server: it includes the libraries that came with the server, and nothing from the caller but
 * PATH, since e.g. PGPORT or PGDATA would change what Postgres does.
 */
export function serverEnv(libraries: string[] = []): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C'}
  if (libraries.length > 0) env.LD_LIBRARY_PATH = libraries.join(delimiter)
  return env
}
