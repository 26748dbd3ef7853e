import type {ClientBase} from 'pg'
import type {Column, Table} from './catalog.ts'
import {readTable} from './catalog.ts'
import {type DecodeOptions, Decoder} from './decoder.ts'
import {Recordset} from './recordset.ts'
import {columnsOfSignature} from './row-writer.ts'

/** First server version with `pg_input_error_info`, which judges a value without an error. */
const INPUT_ERROR_INFO = 160000

export interface SinkOptions extends DecodeOptions {
  /** As SQL writes it, e.g. `public.orders`. */
  table: string
}

/** A table that leases are written into, as the catalog says, with what is worked out once for it. */
export class Sink {
  readonly table: Table
  readonly decoder: Decoder
  /** The server can say which values are at fault for a whole set. */
  readonly judgesTypes: boolean
  /** Leases to write carefully before COPY is tried again; see `writeLease`. */
  carefulLeft = 0
  carefulNext = 1
  readonly #keyOf: Map<string, string>
  readonly #recordsets = new Map<number, Recordset>()

  constructor(table: Table, serverVersion: number, options: DecodeOptions) {
    this.table = table
    this.decoder = new Decoder(table, options)
    this.judgesTypes = serverVersion >= INPUT_ERROR_INFO
    this.#keyOf = new Map(Object.entries(options.rename).map(([key, column]) => [column, key]))
  }

  /** The record key that gives a column. */
  keyOf(column: Column): string {
    return this.#keyOf.get(column.name) ?? column.name
  }

  /** The SQL for records of a signature; see DecodedLease.signatures. */
  recordset(signature: number): Recordset {
    const known = this.#recordsets.get(signature)
    if (known) return known
    const set = new Recordset(this.table, columnsOfSignature(this.table, signature), (column) =>
      this.keyOf(column),
    )
    this.#recordsets.set(signature, set)
    return set
  }
}

/** Reads the table and makes a sink of it. @throws QtoolError where it does not exist. */
export async function openSink(client: ClientBase, options: SinkOptions): Promise<Sink> {
  const {rows} = await client.query<{version: number}>(
    `SELECT current_setting('server_version_num')::int AS version`,
  )
  return new Sink(await readTable(client, options.table), rows[0].version, options)
}
