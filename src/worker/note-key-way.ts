import type {KeyWay} from '../sink/set-wise/way.ts'
import type {Sink} from '../sink/sink.ts'
import type {WorkerObserver} from './observer.ts'

/** Tells the user how the foreign keys of each table are checked, and why: once, and again whenever that changes. */
export function noteKeyWay(sinks: readonly Sink[], note: (text: string) => void): WorkerObserver {
  const said = new Map<string, string>()
  const say = ({name, keys}: Sink) => {
    const text = keyWayNote(keys)
    if (text !== '' && text !== said.get(name)) note(sinks.length === 1 ? text : `${name}: ${text}`)
    said.set(name, text)
  }
  for (const sink of sinks) say(sink)
  return {sinkChanged: say}
}

function keyWayNote({way, reasons, grant}: KeyWay): string {
  if (way === 'none') return ''
  if (way === 'set') return 'foreign keys are checked for a whole lease at once, and not row by row'
  const help = grant === null ? '' : `; as a superuser: ${grant}`
  return `foreign keys are checked row by row: ${reasons.join('; ')}${help}`
}
