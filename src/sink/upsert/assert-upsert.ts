import {type ClientBase, DatabaseError} from 'pg'
import {QtoolError, usageError} from '../../errors.ts'
import {didYouMean} from '../../nearest.ts'
import type {Table} from '../catalog/table.ts'
import {readUnfitKeys, unfitWords} from '../catalog/unfit-keys.ts'
import type {UpsertFacts} from './facts.ts'

/**
 * @param of says of which table the key has to be named, if there are several
 * @returns the columns of the key by which records find their rows
 * @throws QtoolError (usage) if there is none
 */
export async function assertUpdatable(
  client: ClientBase,
  {quoted, target, otherKeys, columns}: Table,
  facts: UpsertFacts,
  {table: of}: {table?: string} = {},
): Promise<number[]> {
  const cannot = (why: string, ...suggestions: string[]) =>
    usageError(`--on-conflict update: ${quoted} ${why}`, ...suggestions)
  if (!['r', 'p'].includes(facts.kind)) throw cannot('is not a table', 'name the table behind it')
  if (facts.hasRules) throw cannot('has rules, with which Postgres updates no rows of an insert')
  if (target?.arbiter) return target.columns
  const names = (key: number[]) => key.map((column) => columns[column].name).join(',')
  const named = (key: number[]) =>
    key.map((column) => `${of ? `${of}:` : ''}${columns[column].name}`).join(',')
  const unfit = await readUnfitKeys(client, quoted)
  const others = otherKeys.map((key) => `--key ${named(key)}`)
  const another = others.length > 0 ? [`name one of its keys: ${others.join(', or ')}`] : []
  if (!target && others.length > 1) throw cannot('has several unique keys and no primary key', ...another)
  if (!target) throw cannot('has no unique key over plain columns', ...unfitWords(unfit), ...another)
  const isDeferrable = unfit.some((key) => key.isDeferrable && target.names.includes(key.name))
  if (isDeferrable) {
    const how = 'make it again without DEFERRABLE'
    throw cannot(`has the key ${names(target.columns)}, which is deferrable`, how, ...another)
  }
  const grant = `GRANT SELECT ON ${quoted} TO ${facts.role}`
  throw cannot(`has the key ${names(target.columns)}, which ${facts.role} may not read`, grant, ...another)
}

/** @param where what names the column, for messages. @returns its index, if a record can update it. @throws QtoolError (usage) */
export function columnNamed({quoted, columns, generated}: Table, key: number[], where: string, name: string) {
  const index = columns.findIndex((column) => column.name === name)
  if (index >= 0 && !key.includes(index)) return index
  const others = columns.flatMap((column, i) => (key.includes(i) ? [] : [column.name]))
  const says = `${where} names ${JSON.stringify(name)}`
  const list = `columns: ${others.join(', ')}`
  if (key.includes(index)) {
    throw usageError(`${says}, which belongs to the key: a record has the same value there as its row`, list)
  }
  if (generated.includes(name)) throw usageError(`${says}, which only Postgres fills`, list)
  throw usageError(`${says}, which is no column of ${quoted}`, ...didYouMean(name, others), list)
}

/** @throws QtoolError (refused) if this role lacks a right, (usage) if values of a column cannot be compared */
export async function assertOrdered(
  client: ClientBase,
  {quoted, columns}: Table,
  wanted: {columns: number[]; newestBy: number | undefined; where: string},
  {fixed, maySelect, role}: UpsertFacts,
): Promise<void> {
  if (wanted.columns.length === 0) return
  const names = wanted.columns.map((column) => columns[column].name)
  const closed = names.filter((name) => fixed.includes(name))
  if (closed.length > 0 || !maySelect) {
    const what = closed.length > 0 ? `update ${closed.join(', ')} of ${quoted}` : `read ${quoted}`
    throw new QtoolError(`--on-conflict update: role ${role} may not ${what}`, {
      code: 'NO_UPDATE',
      kind: 'refused',
      suggestions: [
        `GRANT SELECT, UPDATE ON ${quoted} TO ${role}`,
        ...(closed.length > 0 && closed.length < names.length
          ? ['or name the columns to update with --update-columns']
          : []),
      ],
    })
  }
  if (wanted.newestBy === undefined) return
  const {name, quoted: column, type, insertable} = columns[wanted.newestBy]
  if (!insertable) {
    throw new QtoolError(
      `${wanted.where} names ${JSON.stringify(name)}, and role ${role} may not insert values of it`,
      {
        code: 'NO_UPDATE',
        kind: 'refused',
        suggestions: [`GRANT INSERT ON ${quoted} TO ${role}`],
      },
    )
  }
  try {
    await client.query(`SELECT FROM ${quoted} WHERE ${column} > ${column} LIMIT 0`)
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== '42883') throw error
    throw usageError(
      `${wanted.where} names ${JSON.stringify(name)}, and values of ${type} cannot be compared`,
      'name a column with a number or a time',
    )
  }
}
