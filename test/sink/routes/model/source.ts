import type {randomInt} from '../../../support/seeded.ts'

export type Pick = ReturnType<typeof randomInt>

/** A database that a feed comes from: orders, lines of orders, and parts of lines that also name an order. */
export const TABLES = ['o', 'l', 's'] as const
export type TableName = (typeof TABLES)[number]

/** What a foreign key does if its parent is deleted. */
export const ACTIONS = ['RESTRICT', 'NO ACTION', 'CASCADE', 'SET NULL', 'DEFERRED'] as const
export type Action = (typeof ACTIONS)[number]

export interface Key {
  child: TableName
  column: string
  parent: TableName
  action: Action
}

export type Row = Record<string, number | boolean | null>
export type Rows = Record<TableName, Map<number, Row>>

/** A record of the feed. */
export interface Change extends Record<string, unknown> {
  t: TableName
  op: string
  id: number
}

export interface Shape {
  keys: Key[]
  /** Deletes of orders only mark them. */
  isSoft: boolean
  newestBy: boolean
}

export function randomShape(pick: Pick): Shape {
  const action = () => ACTIONS[pick(ACTIONS.length)]
  return {
    isSoft: pick(4) === 0,
    newestBy: pick(3) === 0,
    keys: [
      {child: 'l', column: 'o', parent: 'o', action: action()},
      {child: 's', column: 'l', parent: 'l', action: action()},
      {child: 's', column: 'o', parent: 'o', action: action()},
    ],
  }
}

/** SQL that makes the tables empty, where a record of the feed may go by way of them. */
export function tablesSql({keys}: Shape): string {
  const references = (child: TableName) =>
    keys
      .filter((key) => key.child === child)
      .map(({column, parent, action}) => {
        const how = action === 'DEFERRED' ? 'DEFERRABLE INITIALLY DEFERRED' : `ON DELETE ${action}`
        return `${column} int REFERENCES ${parent} ${how},`
      })
      .join(' ')
  const rest = 'v int DEFAULT 7 CHECK (v < 2000), seq int, gone boolean NOT NULL DEFAULT false'
  return `DROP TABLE IF EXISTS kept, s, l, o; CREATE TABLE o (id int PRIMARY KEY, code int UNIQUE, ${rest});
CREATE TABLE l (id int PRIMARY KEY, ${references('l')} ${rest}); CREATE TABLE s (id int PRIMARY KEY, ${references('s')} ${rest})`
}

/** The rows that refer to a row. */
export function childrenOf(
  rows: Rows,
  {keys}: Shape,
  parent: TableName,
  id: number,
): Array<{key: Key; row: Row}> {
  return keys
    .filter((key) => key.parent === parent)
    .flatMap((key) =>
      [...rows[key.child].values()].filter((row) => row[key.column] === id).map((row) => ({key, row})),
    )
}

/** Whether a row can be deleted, with all that would go with it. */
export function mayGo(rows: Rows, shape: Shape, table: TableName, id: number): boolean {
  return childrenOf(rows, shape, table, id).every(({key, row}) => {
    if (key.action === 'SET NULL') return true
    return key.action === 'CASCADE' && mayGo(rows, shape, key.child, Number(row.id))
  })
}

/** Deletes a row, and does what its foreign keys say. @returns the rows that went with it, those first that refer to others */
export function remove(rows: Rows, shape: Shape, table: TableName, id: number): Array<[TableName, number]> {
  const gone: Array<[TableName, number]> = []
  for (const {key, row} of childrenOf(rows, shape, table, id)) {
    if (key.action === 'SET NULL') row[key.column] = null
    else if (rows[key.child].has(Number(row.id))) {
      gone.push(...remove(rows, shape, key.child, Number(row.id)), [key.child, Number(row.id)])
    }
  }
  rows[table].delete(id)
  return gone
}
