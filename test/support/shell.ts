import {execFile, spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync, readlinkSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {cliEnv, until} from './cli.ts'

const run = promisify(execFile)
const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** A frame of a program that draws the whole screen: what stands between these. */
const FRAME = /\x1b\[\?2026h\x1b\[H(.*?)\x1b\[\?2026l/gs
const CODES = /\x1b\[[0-9;]*[mK]/g

/** Another screen was opened, and left again. */
export const OPENED = '\x1b[?1049h'
export const LEFT = '\x1b[?1049l'

export interface ShellOptions {
  columns?: number
  rows?: number
  env?: NodeJS.ProcessEnv
}

/** An interactive bash at a terminal of its own, with job control, as a person has one; it leaves the terminal as it is. */
export async function shellAtTerminal({columns = 80, rows = 24, env = cliEnv()}: ShellOptions = {}) {
  const bash = `stty cols ${columns} rows ${rows}; exec bash --norc --noprofile --noediting -i`
  const child = spawn('script', ['-qec', bash, '/dev/null'], {
    env: {...env, TERM: 'xterm', PS1: 'sh> ', LANG: 'C.UTF-8', BASH_SILENCE_DEPRECATION_WARNING: '1'},
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk
  })
  const closed = once(child, 'close')
  await until(() => output.includes('sh> '))
  const shell = childrenOf(child.pid ?? 0)[0]
  return {
    output: () => output,
    /** The lines of the last frame; none before there is one. */
    lines: () => [...output.matchAll(FRAME)].at(-1)?.[1].replace(CODES, '').split(/\r+\n/) ?? [],
    /** The last frame as text. */
    frame: () => [...output.matchAll(FRAME)].at(-1)?.[1].replace(CODES, '') ?? '',
    type: (keys: string) => child.stdin.write(keys),
    /** Starts qtool by typing its command line. */
    qtool: (args: string) => child.stdin.write(`'${process.execPath}' '${BIN}' ${args}\r`),
    /** Process id of what runs in the shell. */
    job: () => childrenOf(shell).at(-1) ?? 0,
    /** Gives the terminal another size, of which the kernel tells the job. */
    resize: (size: {columns: number; rows: number}) =>
      run('stty', [
        '-F',
        readlinkSync(`/proc/${shell}/fd/0`),
        'cols',
        `${size.columns}`,
        'rows',
        `${size.rows}`,
      ]),
    /** What the terminal is set to, as `stty -a` says. */
    settings: async () => (await run('stty', ['-F', readlinkSync(`/proc/${shell}/fd/0`), '-a'])).stdout,
    async close() {
      child.kill('SIGKILL')
      await closed
    },
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}
