import type {KeyWay} from '../sink/set-wise/way.ts'
import type {WorkerObserver} from './observer.ts'

/** Tells the user how foreign keys are checked, and why: once, and again whenever that changes with the table. */
export function noteKeyWay(first: KeyWay, note: (text: string) => void): WorkerObserver {
  let said = ''
  const say = (keys: KeyWay) => {
    const text = keyWayNote(keys)
    if (text !== '' && text !== said) note(text)
    said = text
  }
  say(first)
  return {sinkChanged: ({keys}) => say(keys)}
}

function keyWayNote({way, reasons, grant}: KeyWay): string {
  if (way === 'none') return ''
  if (way === 'set') return 'foreign keys are checked for a whole lease at once, and not row by row'
  const help = grant === null ? '' : `; as a superuser: ${grant}`
  return `foreign keys are checked row by row: ${reasons.join('; ')}${help}`
}
