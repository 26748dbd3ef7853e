import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead} from '../part.ts'

export const LEDGER: Check<PostgresFacts> = {
  id: 'postgres.ledger',
  title: 'the ledger of written leases',
  judge: ({server, ledger}) =>
    ifRead(ledger, ({state}) => {
      if (state === 'open') return []
      if (state === 'missing' || state === 'outdated') {
        const what =
          state === 'missing'
            ? `database ${server.database} has no ledger qtool.applied_lease`
            : `the ledger qtool.applied_lease of database ${server.database} was made by an older qtool`
        return [
          {
            level: 'critical',
            what,
            why: 'workers do not start until it is made or brought up to date',
            fix: 'qtool migrate',
          },
        ]
      }
      return [
        {
          level: 'warning',
          what: `role ${server.role} may not write the ledger qtool.applied_lease`,
          why: 'the rows of a worker that dies between its commit and its acknowledgement are written again, unless a unique key stops them',
          fix: `GRANT USAGE ON SCHEMA qtool TO ${server.role}; GRANT SELECT, INSERT ON qtool.applied_lease TO ${server.role}`,
        },
      ]
    }),
}
