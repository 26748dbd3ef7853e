import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'

export const FSYNC: Check<PostgresFacts> = {
  id: 'postgres.fsync',
  title: 'what is committed reaches the disk',
  judge: ({server}) =>
    server.settings.fsync === 'off'
      ? [
          {
            level: 'critical',
            what: 'fsync is off',
            why: 'a power cut can lose rows that count as written, and damage the whole database',
            fix: 'ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf()',
          },
        ]
      : [],
}
