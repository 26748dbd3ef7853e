import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {newFolder, until} from './cli.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

/** Whether the tests of a shell are skipped: the machine lacks it. Never in CI, which installs them all. */
export function isSkipped(shell: Shell): boolean {
  if (process.env.CI) return false
  try {
    execFileSync(shell, ['-c', 'exit 0'], {stdio: 'ignore'})
    return false
  } catch {
    return true
  }
}

/** A folder with a program `qtool`, the built command line. */
export function programFolder(): string {
  const folder = newFolder()
  const script = `#!/bin/sh\nexec '${process.execPath}' '${resolve('bin/run.js')}' "$@"\n`
  writeFileSync(join(folder, 'qtool'), script, {mode: 0o755})
  return folder
}

/** How each shell is started, reads the script, and writes its line to a file upon Ctrl-X Ctrl-P. */
const INTERACTIVE = {
  bash: {
    args: ['--norc', '--noprofile', '-i'],
    listen: (file: string) =>
      `bind -x '"\\C-x\\C-p": printf %s "$READLINE_LINE" > ${file}.new; mv ${file}.new ${file}'`,
  },
  zsh: {
    args: ['-f', '-i'],
    listen: (file: string) =>
      `dump() { print -rn -- "$BUFFER" > ${file}.new; mv ${file}.new ${file} }; zle -N dump; bindkey "^X^P" dump`,
  },
}

/**
 * Types a line and the tab key into a real shell on a terminal that has read the completion script.
 * @returns the line as the shell has completed it
 */
export async function completedLine(
  shell: keyof typeof INTERACTIVE,
  line: string,
  {env, cwd}: {env: NodeJS.ProcessEnv; cwd: string},
): Promise<string> {
  const file = join(newFolder(), 'line')
  const {args, listen} = INTERACTIVE[shell]
  const init = shell === 'zsh' ? 'autoload -U compinit; compinit -u -D; ' : ''
  const child = spawn('script', ['-qec', `${shell} ${args.join(' ')}`, '/dev/null'], {
    cwd,
    env: {...env, TERM: 'xterm', HISTFILE: '/dev/null'},
  })
  child.stdout.resume()
  child.stdin.write(`${init}source ${resolve('completions')}/qtool.${shell}; ${listen(file)}\n`)
  child.stdin.write(`${line}\t\x18\x10`)
  try {
    await until(() => existsSync(file))
    return readFileSync(file, 'utf8')
  } finally {
    await end(child)
  }
}

/** Empties the line and ends the shell. */
async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((done) => child.once('close', done))
  child.stdin?.write('\x05\x15exit\n')
  await ended
}

/** What fish offers at the end of a line, each without its description. */
export function fishOffers(line: string, {env, cwd}: {env: NodeJS.ProcessEnv; cwd: string}): string[] {
  const script = `source ${resolve('completions')}/qtool.fish; complete -C "$LINE"`
  const output = execFileSync('fish', ['--no-config', '-c', script], {
    cwd,
    env: {...env, LINE: line},
    encoding: 'utf8',
  })
  return output
    .split('\n')
    .filter((one) => one !== '')
    .map((one) => one.split('\t')[0])
}

/** The words that a shell makes of a line, which it does not run. */
export function wordsOf(line: string): string[] {
  const output = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], {encoding: 'utf8'})
  return output.split('\0').slice(0, -1)
}

/** What a shell prints, one a line, for words behind a script that it has run. */
export function printedIn(shell: string, script: string, words: string): string {
  const env = {PATH: '/usr/bin:/bin'}
  return execFileSync(shell, ['-c', `${script}printf '%s\\n' ${words}`], {encoding: 'utf8', env})
}
