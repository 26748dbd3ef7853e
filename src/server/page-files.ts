import {readdirSync, readFileSync} from 'node:fs'
import {extname, join} from 'node:path'
import {packageFile} from '../package-file.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export interface PageFile {
  type: string
  bytes: Buffer
}

/** Where the build puts the page. */
const FOLDER = packageFile('dist', 'page')

/**
 * Every file of the page by its path below the page's folder, read once: no request ever becomes a path of the file
 * system. Empty if the page was not built.
 */
export function readPage(folder = FOLDER): ReadonlyMap<string, PageFile> {
  return new Map(
    namesIn(folder).flatMap((name) => {
      const type = TYPES[extname(name)]
      return type === undefined ? [] : [[name, {type, bytes: readFileSync(join(folder, name))}] as const]
    }),
  )
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, {recursive: true, encoding: 'utf8'})
  } catch {
    return []
  }
}
