import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

/** A block of commands on a page. */
export interface ShellBlock {
  page: string
  /** Line of the page. */
  line: number
  commands: string[]
  /** Why it cannot be run, from `<!-- not run: REASON -->` above the block. */
  notRun: string | undefined
}

const BLOCK = /(?:<!-- not run: (.*?) -->\n)?```sh\n([\s\S]*?)```/g

/** The blocks of a page that a reader would type. */
export function shellBlocks(page: string): ShellBlock[] {
  const text = readFileSync(page, 'utf8')
  return [...text.matchAll(BLOCK)].map(({1: notRun, 2: block, index}) => ({
    page,
    line: text.slice(0, index).split('\n').length,
    commands: block
      .trim()
      .split('\n')
      .filter((line) => line.trim() !== ''),
    notRun,
  }))
}

/** What one command did. */
export interface Typed {
  command: string
  code: number
  stdout: string
  stderr: string
}

/** Types a command as a person would, with `qtool` on the PATH. @param folder for what makes `qtool` a program */
export async function typed(command: string, env: NodeJS.ProcessEnv, folder: string): Promise<Typed> {
  const bin = join(folder, 'bin')
  mkdirSync(bin, {recursive: true})
  const program = join(bin, 'qtool')
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${process.execPath}' '${join(process.cwd(), 'bin/run.js')}' "$@"\n`,
  )
  chmodSync(program, 0o755)
  const child = spawn('bash', ['-c', command], {
    env: {...env, PATH: `${bin}:${process.env.PATH}`},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  return {command, code, stdout, stderr}
}
