/** Set in the environment of a worker process by the process that started it. */
export const CHILD_MARK = 'QTOOL_WORKER'

/** Whether this is one of several worker processes: what concerns them all is said by the one that started them. */
export function isWorkerProcess(env: NodeJS.ProcessEnv): boolean {
  return process.send !== undefined && env[CHILD_MARK] !== undefined
}
