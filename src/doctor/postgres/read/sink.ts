import type {ClientBase} from 'pg'
import {readSetWise, type SetWiseFacts} from '../../../sink/set-wise/facts.ts'
import {type Part, readPart, type Unread, unread} from '../part.ts'
import {type Blocker, lasting, readBlockers} from './blockers.ts'
import {readKeys, type SinkKeys} from './keys.ts'
import {readSequences, type Sequence} from './sequences.ts'
import {readStorage, type Storage} from './storage.ts'
import {readSinkTable, type SinkTable} from './table.ts'

/** What is known of the table that a queue drains into. */
export interface SinkFacts {
  table: Part<SinkTable>
  blockers: Part<Blocker[]>
  keys: Part<SinkKeys>
  storage: Part<Storage[]>
  sequences: Part<Sequence[]>
  setWise: Part<SetWiseFacts>
}

const UNNAMED = unread(
  'no table is known',
  'name one with --table, or start qtool work once, which binds the queue to its table',
)

/** @param name of the table, as written in SQL */
export async function readSinkFacts(client: ClientBase, name: string | undefined): Promise<SinkFacts> {
  const table = name ? await readPart(client, () => readSinkTable(client, name)) : UNNAMED
  if (table.reason !== undefined) return allUnread(table)
  const {oid} = table.value
  const before = await readPart(client, () => readBlockers(client, oid))
  const facts = {
    table,
    keys: await readPart(client, () => readKeys(client, oid)),
    storage: await readPart(client, () => readStorage(client, oid)),
    sequences: await readPart(client, () => readSequences(client, oid)),
    setWise: await readPart(client, () => readSetWise(client, table.value.name)),
  }
  const after = await readPart(client, () => readBlockers(client, oid))
  const isRead = before.value && after.value
  return {...facts, blockers: isRead ? {value: lasting(before.value, after.value)} : after}
}

function allUnread(part: Unread): SinkFacts {
  return {table: part, blockers: part, keys: part, storage: part, sequences: part, setWise: part}
}
