/** How a field is compared. */
export type FieldKind = 'text' | 'number' | 'age' | 'time' | 'payload' | 'search'

/** A name that a filter may ask for. */
export interface Field {
  name: string
  kind: FieldKind
  /** One line for completion and messages. */
  summary: string
}

/** The fields of one kind of record, and what those records are called. */
export interface Vocabulary {
  /** Plural, as in messages. */
  records: string
  /** A condition, for messages. */
  example: string
  fields: readonly Field[]
  /** Values that a field is known to have, and paths of payloads, for completion. */
  values?: Readonly<Record<string, readonly string[]>>
  paths?: readonly string[]
}

const QUEUE: Field = {name: 'queue', kind: 'text', summary: 'name of the queue'}
const PAYLOAD: Field = {name: 'payload', kind: 'payload', summary: 'value in the payload: payload.device.id'}
const TEXT: Field = {name: 'text', kind: 'search', summary: 'text anywhere in the payload or the error'}

export const DEAD_LETTERS: Vocabulary = {
  records: 'dead letters',
  example: 'reason:foreign_key',
  fields: [
    {name: 'reason', kind: 'text', summary: 'why it failed: foreign_key, invalid, …'},
    {name: 'code', kind: 'text', summary: 'error code: 23503, JSON, …'},
    {name: 'column', kind: 'text', summary: 'column at fault'},
    {name: 'constraint', kind: 'text', summary: 'constraint at fault'},
    {name: 'table', kind: 'text', summary: 'table that refused it, where a queue has several'},
    {name: 'group', kind: 'text', summary: 'group of the error, as dlq list shows it'},
    {name: 'message', kind: 'text', summary: 'the error message'},
    {name: 'detail', kind: 'text', summary: 'the detail of the error'},
    {name: 'age', kind: 'age', summary: 'time since it failed: age>2h'},
    {name: 'time', kind: 'time', summary: 'when it failed: time>=2026-11-24'},
    {name: 'attempts', kind: 'number', summary: 'deliveries before it failed'},
    {name: 'records', kind: 'number', summary: 'records in it'},
    {name: 'id', kind: 'text', summary: 'id of the dead letter'},
    QUEUE,
    TEXT,
    PAYLOAD,
  ],
}

export const READY_ITEMS: Vocabulary = {
  records: 'ready items',
  example: 'age>2h',
  fields: [
    {name: 'age', kind: 'age', summary: 'time since it was enqueued: age>2h'},
    {name: 'time', kind: 'time', summary: 'when it was enqueued: time>=2026-11-24'},
    {name: 'priority', kind: 'number', summary: 'priority, lowest first'},
    {name: 'bytes', kind: 'number', summary: 'size of the item'},
    QUEUE,
    {...TEXT, summary: 'text anywhere in the payload'},
    PAYLOAD,
  ],
}

/** Every name that some kind of record has. */
export const ALL_FIELDS: readonly string[] = [
  ...new Set([...DEAD_LETTERS.fields, ...READY_ITEMS.fields].map(({name}) => name)),
]
