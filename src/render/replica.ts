import type {ReadFrom, ReplicaLag} from '../redis/replica/read-from.ts'
import {bytes, plural} from './format.ts'

/** Says which replicas something was read from, and how old that may be: a line for each; none for a primary. */
export function readFromLines(readFrom: ReadFrom): string[] {
  return (readFrom ?? []).map(renderLag)
}

/** A text under these lines. */
export function underReadFrom(readFrom: ReadFrom, text: string): string {
  return [...readFromLines(readFrom), text].join('\n')
}

function renderLag({server, behindBytes, heardSecondsAgo}: ReplicaLag): string {
  const behind =
    behindBytes === null
      ? 'its primary did not say how far it is behind'
      : `${bytes(behindBytes)} behind its primary`
  const heard = heardSecondsAgo === null ? 'not connected to it' : `last heard of it ${heardSecondsAgo} s ago`
  return `read from replica ${server}: ${behind}, ${heard}`
}

/** The same in a few words, of several replicas the worst; empty for a primary. */
export function readFromWords(readFrom: ReadFrom): string {
  if (readFrom === null) return ''
  const which = readFrom.length === 1 ? `replica ${readFrom[0].server}` : plural(readFrom.length, 'replica')
  const most = readFrom.length === 1 ? '' : 'at most '
  const behind = worst(readFrom.map(({behindBytes}) => behindBytes))
  const heard = worst(readFrom.map(({heardSecondsAgo}) => heardSecondsAgo))
  const lag = behind === null ? 'behind by an unknown amount' : `${most}${bytes(behind)} behind`
  return `${which} ${lag}, ${heard === null ? 'not connected' : `heard ${heard} s ago`}`
}

/** The largest; null if any is unknown. */
function worst(figures: Array<number | null>): number | null {
  const known = figures.filter((one) => one !== null)
  return known.length < figures.length ? null : Math.max(...known)
}
