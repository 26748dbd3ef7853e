import type {TimeUnit} from '../../config/mapping/times.ts'
import type {Cause} from '../../record/cause.ts'
import type {Objection} from '../catalog/leaf-rule.ts'
import type {Column, Table} from '../catalog/table.ts'

/** The number of characters of a value that a message shows. */
export const SHOWN = 100

/** The cause of a dead letter for a key that `strict` does not allow. */
export function unknownKey(table: Table, key: string): Cause {
  const message = table.generated.includes(key)
    ? `the column ${JSON.stringify(key)} of ${table.quoted} is GENERATED ALWAYS: Postgres fills it, and no record can`
    : `key ${JSON.stringify(key)} matches no column of ${table.quoted}`
  return {reason: 'invalid', code: 'UNKNOWN_KEY', message}
}

/** A record that would become a row of nothing but NULL and defaults. */
export function noColumn(table: Table): Cause {
  const message = `no key of the record matches a column of ${table.quoted}`
  return {reason: 'invalid', code: 'NO_COLUMN', message}
}

/** A delete that does not say of which row. */
export function noKey(names: string[]): Cause {
  const missing = names.map((name) => JSON.stringify(name)).join(', ')
  const message = `a delete needs the key of its row, and the record gives no value for ${missing}`
  return {reason: 'invalid', code: 'NO_KEY', message, column: names[0]}
}

/** Two keys of one record give the same column, so that one of their values would be lost. */
export function twoKeys(column: Column): Cause {
  const message = `two keys of the record give the column "${column.name}"`
  return {reason: 'invalid', code: 'TWO_KEYS', message, column: column.name}
}

/** Something else where the mapping takes a list apart. */
export function noList(column: Column, token: string): Cause {
  const message = `expected a list for the column "${column.name}", got ${token.slice(0, SHOWN)}`
  return {reason: 'invalid', code: 'NO_LIST', message, column: column.name}
}

/** An epoch number beyond every time that Postgres knows; the error that it has for such a time. */
export function farTime(column: Column, number: string, unit: TimeUnit): Cause {
  const message = `timestamp out of range: ${number.slice(0, SHOWN)} ${unit} since 1970 in "${column.name}"`
  return {reason: 'invalid', code: '22008', message, column: column.name}
}

/** A value that Postgres would accept, but read differently from what its producer meant. */
export function notMeant({code, expected, got}: Objection, column: Column): Cause {
  const message = `expected ${expected} in "${column.name}", got ${JSON.stringify(got.slice(0, SHOWN))}`
  return {reason: 'invalid', code, message, column: column.name}
}

/** A column that this role may not write: Postgres would refuse the whole statement for it. */
export function notPermitted(table: Table, column: Column): Cause {
  return {
    reason: 'constraint',
    code: '42501',
    message: `permission denied to insert into column "${column.name}" of relation "${table.name}"`,
    column: column.name,
  }
}
