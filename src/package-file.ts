import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

let root: string | undefined

/** The path of a file that comes with qtool. @param path from the folder of package.json */
export function packageFile(...path: string[]): string {
  root ??= packageRoot(dirname(fileURLToPath(import.meta.url)))
  return join(root, ...path)
}

/** The next folder upwards with a package.json: the build puts modules at other depths than the sources have. */
function packageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageRoot(dirname(folder))
}
