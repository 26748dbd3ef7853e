import type {Check, Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead} from '../part.ts'
import {count, percent} from '../words.ts'

/** As many transactions ids Postgres can tell apart; it stops all writes shortly before. */
const LIMIT = 2 ** 31

const OLD = 0.4
const ALMOST = 0.8

export const TRANSACTION_IDS: Check<PostgresFacts> = {
  id: 'postgres.transaction-ids',
  title: 'transaction ids that are left',
  judge: ({transactionIds}) =>
    ifRead(transactionIds, ({database, age}): Found[] =>
      age <= OLD * LIMIT
        ? []
        : [
            {
              level: age > ALMOST * LIMIT ? 'critical' : 'warning',
              what: `database ${database} has transaction ids that are ${count(age)} old, ${percent(age / LIMIT)} of what Postgres can tell apart`,
              why: 'vacuum does not keep up; at the limit the server takes no more writes',
              fix: `end old transactions, prepared transactions and replication slots, then vacuumdb --freeze ${database}`,
            },
          ],
    ),
}
