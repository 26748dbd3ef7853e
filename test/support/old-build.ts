import {execFile} from 'node:child_process'
import {symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {newFolder} from './cli.ts'

const run = promisify(execFile)

const UNPACK = 'set -o pipefail; git archive "$1" | tar -x -C "$2"'

/**
 * Builds the command line as it was at a commit of this repository, which a shallow clone may not have, with the packages
 * of today.
 * @returns the path of its executable; the folder is removed at the end of the test file
 */
export async function buildOf(commit: string): Promise<string> {
  const folder = newFolder()
  await run('bash', ['-c', UNPACK, 'unpack', commit, folder])
  await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'))
  await run('npm', ['run', '--silent', 'build'], {cwd: folder})
  return join(folder, 'bin/run.js')
}
