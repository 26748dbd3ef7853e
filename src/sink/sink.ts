import type {ClientBase} from 'pg'
import {MAX_ITEM_BYTES} from '../json/item.ts'
import type {ConflictOptions} from '../record/conflict.ts'
import type {ReadOptions} from '../record/payload/read-items.ts'
import {readTable} from './catalog/catalog.ts'
import type {Table} from './catalog/table.ts'
import {type DecodeOptions, Decoder} from './decode/decoder.ts'
import type {Shape} from './decode/shape.ts'
import {Experience} from './experience.ts'
import {type KeyCheck, type KeyWay, readKeyWay} from './set-wise/way.ts'
import {readUpsert, type Upsert, withUpdates} from './upsert/upsert.ts'
import {Recordset} from './write/recordset.ts'

/** First server version with `pg_input_error_info`, which checks a value without raising an error. */
const INPUT_ERROR_INFO = 160000

export interface SinkOptions extends DecodeOptions, ConflictOptions {
  /** The name as written in SQL, e.g. `public.orders`. */
  table: string
  /** Columns of the key by which records count as already there; by default the primary or only key. */
  key?: string[]
  /** How its foreign keys are checked; `rows` if left out. */
  foreignKeys?: KeyCheck
}

/** What is read of a table. */
interface SinkFacts {
  table: Table
  keys: KeyWay
  upsert: Upsert | undefined
  /** Of the server. */
  version: number
}

/** A table that leases are written into, as the catalog describes it, with everything prepared once for it. */
export class Sink {
  readonly table: Table
  readonly keys: KeyWay
  /** How records update the rows of their keys; undefined if they leave them as they are. */
  readonly upsert: Upsert | undefined
  readonly options: SinkOptions
  readonly decoder: Decoder
  /** The server can report the values at fault in a whole set. */
  readonly judgesTypes: boolean
  readonly experience = new Experience()
  readonly #recordsets = new WeakMap<Shape, Recordset>()

  constructor({table, keys, upsert, version}: SinkFacts, options: SinkOptions) {
    this.table = table
    this.keys = keys
    this.upsert = upsert
    this.options = options
    this.decoder = new Decoder(table, options, upsert?.deletes)
    this.judgesTypes = version >= INPUT_ERROR_INFO
  }

  /** How items are read into records. */
  get readOptions(): ReadOptions {
    const {payload, records, maxItemBytes} = this.options
    return {kind: payload ?? 'json', records, maxBytes: maxItemBytes ?? MAX_ITEM_BYTES}
  }

  /** The name of the table, with its schema. */
  get name(): string {
    return `${this.table.schema}.${this.table.name}`
  }

  /** The SQL for records of a shape. */
  recordset(shape: Shape): Recordset {
    const known = this.#recordsets.get(shape)
    if (known) return known
    const table = shape.deletes ? this.upsert?.deletes?.table : undefined
    const set = new Recordset(table ?? this.table, shape, this.upsert)
    this.#recordsets.set(shape, set)
    return set
  }
}

/**
 * Reads the table and makes a sink of it.
 * @param adapt makes the options fit the table
 * @throws QtoolError if it does not exist or the options do not fit it
 */
export async function openSink(
  client: ClientBase,
  options: SinkOptions,
  adapt = (_: Table, same: SinkOptions) => same,
): Promise<Sink> {
  const {rows} = await client.query<{version: number}>(
    `SELECT current_setting('server_version_num')::int AS version`,
  )
  const {key, where} = options
  const named = key && {columns: key, where: where?.key ?? '--key'}
  const read = await readTable(client, options.table, named)
  const upsert = await readUpsert(client, read, options)
  const table = upsert ? withUpdates(read, upsert) : read
  const keys = await readKeyWay(client, table, options.foreignKeys ?? 'rows', upsert)
  return new Sink({table, keys, upsert, version: rows[0].version}, adapt(table, options))
}
