import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {cliEnv, newFolder} from './cli.ts'

const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** The command line that the end of a command's stderr offers, as it stands there. */
export function offeredLine(stderr: string): string {
  const line = stderr.trimEnd().split('\n').at(-1) ?? ''
  if (!line.startsWith('qtool ')) throw new Error(`expected a command line at the end of ${stderr}`)
  return line
}

/** Runs a line in a shell, where `qtool` is this build. @returns its exit code */
export async function runTyped(line: string, env = cliEnv()): Promise<number> {
  const folder = newFolder()
  const program = join(folder, 'qtool')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`)
  chmodSync(program, 0o755)
  const shell = spawn('sh', ['-c', line], {env: {...env, PATH: `${folder}:${env.PATH}`}, stdio: 'ignore'})
  const [code] = await once(shell, 'close')
  return code
}
