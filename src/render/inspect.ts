import type {QueueInspection} from '../queue/inspect.ts'
import {fitLines} from './fit-lines.ts'
import {count, moment} from './format.ts'
import {renderQueue, renderVerified} from './inspect-queue.ts'
import {clientsSection, memorySection, slowLogSection, workersSection} from './inspect-server.ts'
import {reasonsInShort, renderReasons} from './reasons.ts'
import {readFromLines} from './replica.ts'
import {renderSections, type Section} from './sections.ts'
import {PLAIN, type Style} from './style.ts'

export interface InspectView {
  /** Of the terminal, in columns. */
  width: number
  /** Lines of the terminal that are free; a pipe has no end. */
  height: number
  style: Style
}

/** All of it, as a pipe gets it. */
const WHOLE: InspectView = {width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY, style: PLAIN}

/** Everything `inspect` found, the queue first, whose figures are shown whole on the smallest terminal. */
export function renderInspection(found: QueueInspection, view: InspectView = WHOLE): string {
  const {width, height, style} = view
  const above = [
    ...readFromLines(found.readFrom),
    ...[
      ...found.warnings.map((warning) => style.warning(`warning: ${warning}`)),
      ...renderVerified(found),
    ].map((text) => `${text}\n`),
  ]
  const sections = [
    ...deadLettersSection(found),
    workersSection(found),
    memorySection(found),
    clientsSection(found),
    slowLogSection(found),
  ]
  const taken = above.flatMap((text) => fitLines(text, width).split('\n')).length
  const all = `qtool inspect -q ${found.queue} | less shows all`
  const rest = renderSections(renderQueue(found, style), sections, {width, room: height - taken, style, all})
  return [...above, rest].join('\n')
}

function deadLettersSection(found: QueueInspection): Section[] {
  if (found.deadLetters === 0) return []
  return [{name: 'dead letters', text: renderReasons(found.queue, found), short: reasonsInShort(found)}]
}

/** One of several views; starts with the changes since the last one. */
export function renderView(
  found: QueueInspection,
  before: QueueInspection | undefined,
  view: InspectView = WHOLE,
): string {
  if (!before) return renderInspection(found, view)
  const change = `${renderChange(before, found)}\n`
  const height = view.height - fitLines(change, view.width).split('\n').length
  return `${change}\n${renderInspection(found, {...view, height})}`
}

function renderChange(before: QueueInspection, now: QueueInspection): string {
  const seconds = Math.max((Date.parse(now.at) - Date.parse(before.at)) / 1000, 0.001)
  const rate = (name: keyof QueueInspection['totals']) =>
    `${count((now.totals[name] - before.totals[name]) / seconds)}/s`
  const change = (name: 'ready' | 'leased' | 'deadLetters') => {
    const by = now[name] - before[name]
    return `${by < 0 ? '-' : '+'}${count(Math.abs(by))}`
  }
  return [
    `since ${moment(before.at)}`,
    `enqueued ${rate('enqueued')}`,
    `written ${rate('inserted')}`,
    `ready ${change('ready')}`,
    `leased ${change('leased')}`,
    `dead letters ${change('deadLetters')}`,
  ].join(', ')
}
