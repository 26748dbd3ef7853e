import type {QueueInspection} from '../queue/inspect.ts'
import {fill, h} from './dom.ts'
import {bytes} from './format.ts'

type ReadFrom = QueueInspection['readFrom']

/** Says which replicas the figures come from, and how old they may be; nothing if they come from primaries. */
export class ReadFromLine {
  readonly node = h('div', {class: 'read-from'})
  #shown = ''

  show(readFrom: ReadFrom): void {
    const lines = readFromLines(readFrom)
    if (lines.join('\n') === this.#shown) return
    this.#shown = lines.join('\n')
    fill(this.node, ...lines.map((line) => h('p', {}, line)))
  }
}

export function readFromLines(readFrom: ReadFrom): string[] {
  return (readFrom ?? []).map(({server, behindBytes, heardSecondsAgo}) => {
    const behind =
      behindBytes === null
        ? 'its primary did not say how far it is behind'
        : `${bytes(behindBytes)} behind its primary`
    const heard =
      heardSecondsAgo === null ? 'not connected to it' : `last heard of it ${heardSecondsAgo} s ago`
    return `read from replica ${server}: ${behind}, ${heard}`
  })
}
