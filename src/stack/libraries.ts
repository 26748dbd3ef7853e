import {existsSync, readdirSync} from 'node:fs'
import {delimiter, join} from 'node:path'

/** Where packages unpacked into `folder` have put their shared libraries. */
export function libraryFolders(folder: string): string[] {
  const roots = ['usr/lib', 'lib'].map((part) => join(folder, part)).filter((part) => existsSync(part))
  return roots.flatMap((root) => [root, ...readdirSync(root).map((name) => join(root, name))])
}

/** The environment in which a server finds the libraries that came with it. */
export function libraryPath(libraries: string[]): NodeJS.ProcessEnv {
  if (libraries.length === 0) return process.env
  const known = process.env.LD_LIBRARY_PATH
  return {...process.env, LD_LIBRARY_PATH: [...libraries, ...(known ? [known] : [])].join(delimiter)}
}
