import type {Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead, unknown} from '../part.ts'
import type {Session} from '../read/sessions.ts'
import {plural} from '../words.ts'

/** Judges each session that this role sees; says so if there are others. */
export function eachSession({server, sessions}: PostgresFacts, judge: (one: Session) => Found[]): Found[] {
  return ifRead(sessions, ({seen, hidden}) => {
    const found = seen.flatMap(judge)
    if (hidden === 0) return found
    const what = `what ${plural(hidden, 'session')} of other roles ${hidden === 1 ? 'does' : 'do'} is hidden from ${server.role}`
    return [...found, unknown(what, `GRANT pg_read_all_stats TO ${server.role}`)]
  })
}

/** `session 4711 (role app, UPDATE)`. */
export function sessionText({pid, role, command}: Pick<Session, 'pid' | 'role' | 'command'>): string {
  return `session ${pid} (role ${role}${command ? `, ${command}` : ''})`
}
