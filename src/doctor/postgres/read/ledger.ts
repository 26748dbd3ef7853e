import type {ClientBase} from 'pg'
import {AppliedLeases} from '../../../sink/ledger/ledger.ts'

/** The table in which qtool notes what it has written; `closed` if this role may not write it. */
export interface Ledger {
  state: 'open' | 'closed' | 'missing'
}

export async function readLedger(client: ClientBase): Promise<Ledger> {
  return {state: await new AppliedLeases().state(client)}
}
