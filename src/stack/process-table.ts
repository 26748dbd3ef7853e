import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'

/** Whether a process with this id is running, whoever owns it. Zombies are not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it exists, and belongs to somebody else
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  // If nobody reaps orphans, as in a container whose first process is a program, they stay zombies for ever.
  const state = statFields(pid)?.[0]
  return state !== 'Z' && state !== 'X'
}

/** When the process started, in the kernel's units; distinguishes it from a later process with the same id. */
export function startTime(pid: number): string {
  return statFields(pid)?.[19] ?? ''
}

/** Program and arguments with a space before and after each; empty if it cannot be read. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') {
      return ` ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')} `
    }
    return ` ${execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {encoding: 'utf8'}).trim()} `
  } catch {
    return ''
  }
}

/** The fields of /proc/PID/stat from the state on; the name before it may itself contain spaces and brackets. */
function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
