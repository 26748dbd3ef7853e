/** Set in the environment of a worker process by the process that started it, to the number of those it started. */
export const CHILD_MARK = 'QTOOL_WORKER'

/** Whether this is one of several worker processes: what concerns them all is said by the one that started them. */
export function isWorkerProcess(env: NodeJS.ProcessEnv): boolean {
  return process.send !== undefined && env[CHILD_MARK] !== undefined
}

/** The number of worker processes that share the work of this one, itself included. */
export function siblings(env: NodeJS.ProcessEnv): number {
  return isWorkerProcess(env) ? Number(env[CHILD_MARK]) : 1
}
