import type {ClientBase} from 'pg'
import {AppliedLeases, type LedgerState} from '../../../sink/ledger/ledger.ts'

/** The table in which qtool notes what it has written. */
export interface Ledger {
  state: LedgerState
}

export async function readLedger(client: ClientBase): Promise<Ledger> {
  return {state: await new AppliedLeases().state(client)}
}
