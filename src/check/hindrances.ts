import type {ClientBase} from 'pg'
import {DatabaseError, escapeIdentifier} from 'pg'
import type {Table} from '../sink/catalog/table.ts'
import {EXPRESSIONS, HOMES, NAME_HINDRANCES, OWN_COLLATION, ROOT, TYPE_HINDRANCES} from './hindrances-sql.ts'

/** Where a statement has to alter a column, or what stands in its way. */
export type Alterable =
  | {
      state: 'alterable'
      table: string
      /** The column's own collation, quoted, which a new type drops unless it is named; undefined if it has none. */
      collation?: string
    }
  | {state: 'hindered'; by: string[]}

/** Another type for a column, or a column of a name that there is not yet. */
export type Alteration = {column: string; type: string; isConverted: boolean} | {column: string; isNew: true}

interface Home {
  oid: number
  schema: string
  name: string
}

/**
 * Asks the catalog whether Postgres would make a change, without trying it: an ALTER TABLE keeps everybody else out of
 * the table even if it is rolled back.
 */
export async function alterable(client: ClientBase, table: Table, change: Alteration): Promise<Alterable> {
  const {rows} = await client.query<{oid: number; kind: string}>(
    'SELECT oid::int8::float8 AS oid, relkind::text AS kind FROM pg_class WHERE oid = to_regclass($1)',
    [table.quoted],
  )
  const [own] = rows
  if (!own) return hindered('the table is gone')
  if (own.kind === 'v') return hindered('it is a view: alter its table, and make the view again')
  if (own.kind === 'f') return hindered('it is a foreign table: alter the table on the other server first')
  const {column} = change
  const isNew = 'isNew' in change
  const homes = isNew
    ? await query<Home>(client, ROOT, [own.oid])
    : await query<Home>(client, HOMES, [own.oid, column])
  if (homes.length !== 1) return hindered(`it is inherited from ${homes.map(quoted).join(' and ')}`)
  const [home] = homes
  const found = isNew
    ? await query<{words: string}>(client, NAME_HINDRANCES, [home.oid, column])
    : await query<{words: string}>(client, TYPE_HINDRANCES, [
        home.oid,
        column,
        change.type,
        change.isConverted,
      ])
  const texts = isNew ? [] : await unreadable(client, home.oid, change)
  const by = [...found.map(({words}) => words), ...texts]
  if (by.length > 0) return {state: 'hindered', by}
  const [collated] = isNew ? [] : await query<{collation: string}>(client, OWN_COLLATION, [home.oid, column])
  return {state: 'alterable', table: quoted(home), collation: collated?.collation}
}

/** Checks and statistics whose expressions make no sense with the new type. */
async function unreadable(
  client: ClientBase,
  oid: number,
  {column, type}: {column: string; type: string},
): Promise<string[]> {
  interface Expression {
    words: string
    expression: string
    columns: string
  }
  const against: string[] = []
  const all = await query<Expression>(client, EXPRESSIONS, [oid, column, type])
  for (const {words, expression, columns} of all) {
    try {
      // Read by Postgres, and run on no row
      await client.query(`SELECT ${expression} FROM (SELECT ${columns}) AS one WHERE false`)
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error
      against.push(`${words} cannot be read with ${type}`)
    }
  }
  return against
}

async function query<R extends object>(client: ClientBase, sql: string, values: unknown[]): Promise<R[]> {
  return (await client.query<R>(sql, values)).rows
}

function quoted({schema, name}: Home): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`
}

function hindered(why: string): Alterable {
  return {state: 'hindered', by: [why]}
}
