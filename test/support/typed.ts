import {execFile} from 'node:child_process'
import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {cliEnv, newFolder} from './cli.ts'

const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** The command line that the end of a command's stderr offers, as it stands there. */
export function offeredLine(stderr: string): string {
  const line = stderr.trimEnd().split('\n').at(-1) ?? ''
  if (!line.startsWith('qtool ')) throw new Error(`expected a command line at the end of ${stderr}`)
  return line
}

/** Runs a line in a shell, where `qtool` is this build. */
export async function runTyped(line: string, env = cliEnv()): Promise<{stdout: string; stderr: string}> {
  const folder = newFolder()
  const program = join(folder, 'qtool')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`)
  chmodSync(program, 0o755)
  return promisify(execFile)('sh', ['-c', line], {env: {...env, PATH: `${folder}:${env.PATH}`}})
}
