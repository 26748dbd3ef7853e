import {type ChildProcess, type StdioOptions, spawn} from 'node:child_process'

/** Exit code of a command that does not understand what it is to do. */
export const USAGE = 2

const children = new Set<ChildProcess>()

/** Starts a process that does not outlive this one. */
export function startChild(args: string[], env: NodeJS.ProcessEnv, stdio: StdioOptions): ChildProcess {
  const child = spawn(process.execPath, args, {env, stdio})
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130))
