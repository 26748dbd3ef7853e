import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'

export const FULL_PAGE_WRITES: Check<PostgresFacts> = {
  id: 'postgres.full-page-writes',
  title: 'pages that are half written can be restored',
  judge: ({server}) =>
    server.settings.full_page_writes === 'off'
      ? [
          {
            level: 'warning',
            what: 'full_page_writes is off',
            why: 'a power cut can leave pages half written, unless the file system prevents that, as ZFS does',
            fix: 'ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf()',
          },
        ]
      : [],
}
