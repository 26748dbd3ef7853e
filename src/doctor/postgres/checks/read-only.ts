import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'

const WHY = 'workers stop at their first write'

export const READ_ONLY: Check<PostgresFacts> = {
  id: 'postgres.read-only',
  title: 'the server takes writes',
  judge: ({server}) => {
    if (server.isStandby) {
      const fix = 'give qtool the URL of the primary'
      return [{level: 'critical', what: 'this server is a standby, which takes no writes', why: WHY, fix}]
    }
    if (server.settings.default_transaction_read_only !== 'on') return []
    const what = `transactions of role ${server.role} in database ${server.database} are read-only by default`
    const fix = `ALTER ROLE ${server.role} SET default_transaction_read_only = off, or the same of the database`
    return [{level: 'critical', what, why: WHY, fix}]
  },
}
