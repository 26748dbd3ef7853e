import {QtoolError} from '../../errors.ts'

/** @param cause why those that are there cannot be reached; undefined if there are none */
export function noReplica(cause?: unknown): QtoolError {
  const what = cause === undefined ? 'no replica is connected to its primary' : 'no replica can be reached'
  return new QtoolError(what, {
    code: 'NO_REPLICA',
    kind: 'connect',
    suggestions: [
      'leave --read-from out to read from the primary',
      'INFO replication on the primary lists its replicas',
    ],
    cause,
  })
}
