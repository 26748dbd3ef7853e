import type {ReplicaLag} from '../redis/replica/lag.ts'
import {bytes} from './format.ts'

/** Says of which replica something was read, and how old that may be. */
export function renderLag({server, behindBytes, heardSecondsAgo}: ReplicaLag): string {
  const behind =
    behindBytes === null
      ? 'its primary did not say how far it is behind'
      : `${bytes(behindBytes)} behind its primary`
  const heard =
    heardSecondsAgo === null ? 'out of touch with it' : `last heard of it ${heardSecondsAgo} s ago`
  return `read from replica ${server}: ${behind}, ${heard}`
}
