import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, inject} from 'vitest'

export {until} from './until.ts'

const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

export interface CliResult {
  code: number | null
  stdout: string
  stderr: string
}

const folders: string[] = []
/** Command lines that run; a test that fails may leave some. */
const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, {recursive: true, force: true})
})

/** An empty folder that is removed at the end of the test file. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qtool-cli-'))
  folders.push(folder)
  return folder
}

/** An environment with the test servers and without this machine's own settings. */
export function cliEnv(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const empty = newFolder()
  return {
    PATH: process.env.PATH,
    HOME: empty,
    QTOOL_HOME: join(empty, 'home'),
    QTOOL_CONFIG: join(empty, 'profiles.json'),
    REDIS_URL: inject('redisUrl'),
    DATABASE_URL: inject('databaseUrl'),
    ...extra,
  }
}

/** Starts the built command line. @param bin that of another build */
export function startCli(args: string[], env = cliEnv(), bin = BIN) {
  const child = spawn(process.execPath, [bin, ...args], {env, stdio: ['pipe', 'pipe', 'pipe']})
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

export interface CliOptions {
  env?: NodeJS.ProcessEnv
  input?: string | Buffer
  /** That of another build. */
  bin?: string
}

/** Runs the built command line and waits for its end. */
export async function cli(args: string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startCli(args, options.env ?? cliEnv(), options.bin)
  const read = async (stream: NodeJS.ReadableStream) => {
    let text = ''
    for await (const part of stream) text += part
    return text
  }
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const [stdout, stderr, code] = await Promise.all([read(child.stdout), read(child.stderr), ended])
  return {code, stdout, stderr}
}

/** Runs it with --json and parses the answer. */
export async function cliJson(args: string[], options: CliOptions = {}) {
  const {code, stdout, stderr} = await cli([...args, '--json'], options)
  return {code, stderr, json: JSON.parse(stdout)}
}

/** A running command line that a test can interfere with. */
export interface RunningCli {
  child: ReturnType<typeof startCli>
  /** Its output so far. */
  stdout(): string
  stderr(): string
  ended: Promise<CliResult>
}

/** Starts the built command line and collects its output. */
export function runningCli(args: string[], env = cliEnv(), bin = BIN): RunningCli {
  const child = startCli(args, env, bin)
  const text = {stdout: '', stderr: ''}
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk) => {
      text[name] += chunk
    })
  }
  const ended = once(child, 'close').then(([code]) => ({code, ...text}))
  return {child, stdout: () => text.stdout, stderr: () => text.stderr, ended}
}

/** The log of `work` without the lines of every run. */
export function unusualLines(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !/ workers? of qtool | stopped after /.test(line))
}
