import type {Check, Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead, unknown} from '../part.ts'
import type {Standbys} from '../read/standbys.ts'
import {synchronousStandbys} from '../synchronous-standbys.ts'
import {age, plural} from '../words.ts'

const LATE_MS = 10_000

export const STANDBYS: Check<PostgresFacts> = {
  id: 'postgres.standbys',
  title: 'the standbys that commits wait for',
  judge: ({server, standbys}) => {
    const names = server.settings.synchronous_standby_names ?? ''
    const wanted = synchronousStandbys(names)
    if (wanted === 0 || server.isStandby) return []
    return ifRead(standbys, (read) =>
      read.hidden > 0
        ? [
            unknown(
              `the standbys are hidden from ${server.role}`,
              `GRANT pg_read_all_stats TO ${server.role}`,
            ),
          ]
        : judge(read, wanted, server.settings.synchronous_commit ?? ''),
    )
  },
}

function judge({seen}: Standbys, wanted: number, commit: string): Found[] {
  const synchronous = seen.filter(({isSynchronous}) => isSynchronous)
  if (synchronous.length < wanted) {
    const waits = !['off', 'local'].includes(commit)
    return [
      {
        level: 'critical',
        what: `synchronous_standby_names asks for ${plural(wanted, 'standby')}, and ${synchronous.length} of them ${synchronous.length === 1 ? 'is' : 'are'} connected`,
        why: waits
          ? 'each commit waits until they are back: workers hang'
          : `commits do not wait, since synchronous_commit is ${commit}: they are lost if this server is`,
        fix: 'start the standbys, or ask for fewer: ALTER SYSTEM SET synchronous_standby_names; SELECT pg_reload_conf()',
      },
    ]
  }
  return synchronous
    .filter(({lagMs}) => (lagMs ?? 0) > LATE_MS)
    .map(({name, lagMs}) => ({
      level: 'warning',
      what: `synchronous standby ${name} is ${age(lagMs ?? 0)} behind`,
      why: 'commits that wait for it take as long',
      fix: 'look at its disk and its network, and at statements there that hold it up',
    }))
}
