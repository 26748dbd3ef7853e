import type {ClientBase} from 'pg'
import {type Part, readPart} from './part.ts'
import {type Activity, readActivity} from './read/activity.ts'
import {type Checkpoints, readCheckpoints} from './read/checkpoints.ts'
import {type Connections, readConnections} from './read/connections.ts'
import {type Ledger, readLedger} from './read/ledger.ts'
import {type PostgresServer, readServer} from './read/server.ts'
import {readSessions, type Sessions} from './read/sessions.ts'
import {readSinkFacts, type SinkFacts} from './read/sink.ts'
import {readStandbys, type Standbys} from './read/standbys.ts'
import {readTransactionIds, type TransactionIds} from './read/transaction-ids.ts'

/** What a Postgres server says of itself and of a queue's table: plain data, without values of rows and statements. */
export interface PostgresFacts {
  server: PostgresServer
  connections: Part<Connections>
  sessions: Part<Sessions>
  activity: Part<Activity>
  checkpoints: Part<Checkpoints>
  standbys: Part<Standbys>
  transactionIds: Part<TransactionIds>
  ledger: Part<Ledger>
  sink: SinkFacts
  /** The further tables of a queue with routes; bundles of earlier releases have none. */
  otherSinks?: SinkFacts[]
}

/** What asks how a server fares must not become a load: a statement may take 5 s, and a lock half a second. */
const BEGIN = `BEGIN READ ONLY; SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '500ms'`

/**
 * Reads catalogs and statistics, in a transaction of its own that cannot write.
 * @param tables those that the queue drains into, as written in SQL; without any, the facts say nothing of a table
 * @throws whatever the connection throws; a part that Postgres refuses to show is a part that was not read
 */
export async function readPostgresFacts(client: ClientBase, tables: string[]): Promise<PostgresFacts> {
  await client.query(BEGIN)
  try {
    const facts = await readAll(client, tables)
    // Not ROLLBACK, which the statistics of the database would count against it
    await client.query('COMMIT')
    return facts
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

async function readAll(client: ClientBase, [table, ...others]: string[]): Promise<PostgresFacts> {
  const server = await readServer(client)
  return {
    server,
    connections: await readPart(client, () => readConnections(client)),
    sessions: await readPart(client, () => readSessions(client)),
    activity: await readPart(client, () => readActivity(client)),
    checkpoints: await readPart(client, () => readCheckpoints(client, server.major)),
    standbys: await readPart(client, () => readStandbys(client)),
    transactionIds: await readPart(client, () => readTransactionIds(client)),
    ledger: await readPart(client, () => readLedger(client)),
    sink: await readSinkFacts(client, table),
    otherSinks: await inTurn(others, (other) => readSinkFacts(client, other)),
  }
}

/** One connection answers one question at a time. */
async function inTurn<T, R>(all: readonly T[], read: (one: T) => Promise<R>): Promise<R[]> {
  const found: R[] = []
  for (const one of all) found.push(await read(one))
  return found
}
