/** What a record does to the table: it writes a row, or deletes one. */
export type Op = 'write' | 'delete'

/** Every spelling of an op, in lower case. What writes is written as an upsert, whatever it is called. */
const SPELLINGS: Record<string, Op> = {
  insert: 'write',
  create: 'write',
  read: 'write',
  'bootstrap-insert': 'write',
  c: 'write',
  i: 'write',
  r: 'write',
  update: 'write',
  u: 'write',
  upsert: 'write',
  delete: 'delete',
  d: 'delete',
}

/** What is expected of an op, for messages. */
export const OPS_EXPECTED = 'insert, update, upsert or delete (or c, r, i, u, d)'

/** What a text says that a record does, in upper or lower case; undefined if it is no op. */
export function opOf(text: string): Op | undefined {
  const spelling = text.toLowerCase()
  return Object.hasOwn(SPELLINGS, spelling) ? SPELLINGS[spelling] : undefined
}
