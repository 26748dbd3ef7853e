import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {CHILD_MARK} from '../../worker/child.ts'
import {secretVariables} from '../../worker/spread.ts'

/** Agents that run as child processes on this machine. */
export interface AgentProcesses {
  /** How each of them ended that has, by its pid: `exit code 4`, `SIGKILL`. */
  readonly ended: ReadonlyMap<number, string>
  /** Ends those that still run. */
  stop(): Promise<void>
}

export interface AgentProcessOptions {
  script: string
  run: string
  agents: number
  redisUrl: string
}

/** Starts agents. What they have to say goes to stderr. */
export function startAgents({script, run, agents, redisUrl}: AgentProcessOptions): AgentProcesses {
  const ended = new Map<number, string>()
  const children = Array.from({length: agents}, () => {
    // It is detached so that Ctrl-C reaches it only from here; by the closing of the channel it notices that this
    // process has died
    const child = spawn(process.execPath, [script, 'bench', 'agent', '--run', run], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached: true,
      env: {...process.env, ...secretVariables({'redis-url': redisUrl}), [CHILD_MARK]: '1'},
    })
    const closed = once(child, 'close').then(([code, killedBy]) => {
      ended.set(child.pid ?? 0, killedBy ?? `exit code ${code}`)
    })
    return {child, closed}
  })
  return {
    ended,
    async stop() {
      // One that is stopped would not hear a gentler signal
      for (const {child} of children) child.kill('SIGKILL')
      await Promise.all(children.map(({closed}) => closed))
    },
  }
}
