import {existsSync} from 'node:fs'
import {rm, rmdir} from 'node:fs/promises'
import {dirname} from 'node:path'
import {dataFolder} from './ensure.ts'
import {withLock} from './lock.ts'
import {stackPaths} from './paths.ts'
import {NODE_NAMES, SENTINEL_PARTS, type ServerName} from './running.ts'
import {logOf} from './server.ts'
import {lockPath} from './stack.ts'
import {readState, statePath} from './state.ts'
import {stopServer} from './stop.ts'

export interface DownResult {
  /** Servers that were running and have been stopped. */
  stopped: ServerName[]
  /** Data folders that were removed. */
  removed: string[]
}

/** Sentinels first: nobody promotes a replica while its primary is stopped. */
const NAMES: ServerName[] = [...SENTINEL_PARTS.toReversed(), ...NODE_NAMES, 'postgres', 'redis']

/** Stops the local stack; its data stays unless `purge`. */
export async function down(env: NodeJS.ProcessEnv, options: {purge: boolean}): Promise<DownResult> {
  const paths = stackPaths(env)
  const result: DownResult = {stopped: [], removed: []}
  if (!existsSync(paths.data)) return result
  return withLock(lockPath(paths), async () => {
    const state = readState(env)
    for (const name of NAMES) {
      if (await stopServer(name, dataFolder(name, paths, state))) result.stopped.push(name)
    }
    if (!options.purge) return result
    result.removed = dataFolders(env)
    for (const folder of result.removed) await removeData(folder, paths.data)
    await rm(statePath(env), {force: true})
    return result
  })
}

/** The data folders that exist. */
export function dataFolders(env: NodeJS.ProcessEnv): string[] {
  const paths = stackPaths(env)
  const state = readState(env)
  return NAMES.map((name) => dataFolder(name, paths, state)).filter((folder) => existsSync(folder))
}

async function removeData(folder: string, home: string): Promise<void> {
  for (const path of [folder, logOf(folder), `${logOf(folder)}.old`]) {
    await rm(path, {recursive: true, force: true})
  }
  // If root's servers keep their data elsewhere, the folder around it was made for them alone.
  if (dirname(folder) !== home) await rmdir(dirname(folder)).catch(() => {})
}
