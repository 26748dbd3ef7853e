import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'

export const SYNCHRONOUS_COMMIT: Check<PostgresFacts> = {
  id: 'postgres.synchronous-commit',
  title: 'a commit waits for the disk',
  judge: ({server}) =>
    server.settings.synchronous_commit === 'off'
      ? [
          {
            level: 'warning',
            what: `synchronous_commit is off for role ${server.role} in database ${server.database}`,
            why: 'when the server crashes, the last rows that count as written are lost: their items have left the queue',
            fix: `ALTER ROLE ${server.role} SET synchronous_commit = on, or the same of the database or the server`,
          },
        ]
      : [],
}
