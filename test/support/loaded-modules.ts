import {readdirSync, readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'

/** Makes Node name on stderr every module that it loads. */
export const NAMING_MODULES = {NODE_DEBUG: 'esm,module'}

/** The code of the modules of the build that a command has loaded. @param stderr of a command with NAMING_MODULES */
export function loadedCode(stderr: string): string {
  const urls = stderr.match(/file:\/\/[^\s'"]+\/dist\/[\w./-]+\.js/g) ?? []
  return [...new Set(urls)].map((url) => readFileSync(fileURLToPath(url), 'utf8')).join('\n')
}

/** The code of all modules of the build. */
export function builtCode(): string {
  const dist = resolve('dist')
  const paths = readdirSync(dist, {recursive: true}).map((path) => join(dist, String(path)))
  return paths
    .filter((path) => path.endsWith('.js'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
}
