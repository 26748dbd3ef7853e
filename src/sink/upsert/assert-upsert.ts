import {type ClientBase, DatabaseError} from 'pg'
import {QtoolError, usageError} from '../../errors.ts'
import {didYouMean} from '../../nearest.ts'
import type {Table} from '../catalog/table.ts'
import type {UpsertFacts} from './facts.ts'

/** @returns the columns of the key by which records find their rows. @throws QtoolError (usage) if there is none */
export function assertUpdatable({quoted, target, columns}: Table, facts: UpsertFacts): number[] {
  const cannot = (why: string, ...suggestions: string[]) =>
    usageError(`--on-conflict update: ${quoted} ${why}`, ...suggestions)
  if (!['r', 'p'].includes(facts.kind)) throw cannot('is not a table', 'name the table behind it')
  if (facts.hasRules) throw cannot('has rules, with which Postgres updates no rows of an insert')
  const unfit = [
    ...facts.partial.map((name) => `${name} covers a part of the rows`),
    ...facts.computed.map((name) => `${name} is over an expression`),
    ...facts.deferrable.map((name) => `${name} is deferrable`),
  ]
  const others = unfit.length > 0 ? [`unique indexes that cannot be used: ${unfit.join('; ')}`] : []
  if (!target) throw cannot('needs a unique key over plain columns', 'name one with --key COLUMNS', ...others)
  if (!target.arbiter) {
    const names = target.columns.map((column) => columns[column].name).join(',')
    throw cannot(
      `has the key ${names}, which is deferrable or not readable for ${facts.role}`,
      `GRANT SELECT ON ${quoted} TO ${facts.role}`,
      'or name another key with --key COLUMNS',
      ...others,
    )
  }
  return target.columns
}

/** @returns the index of a column that a record can update. @throws QtoolError (usage) */
export function columnNamed({quoted, columns, generated}: Table, key: number[], flag: string, name: string) {
  const index = columns.findIndex((column) => column.name === name)
  if (index >= 0 && !key.includes(index)) return index
  const why = key.includes(index)
    ? 'which belongs to the key'
    : generated.includes(name)
      ? 'which only Postgres fills'
      : `which is no column of ${quoted}`
  const others = columns.flatMap((column, i) => (key.includes(i) ? [] : [column.name]))
  throw usageError(
    `${flag} names ${JSON.stringify(name)}, ${why}`,
    ...didYouMean(name, others),
    `columns: ${others.join(', ')}`,
  )
}

/** @throws QtoolError (refused) if this role lacks a right, (usage) if values of a column cannot be compared */
export async function assertOrdered(
  client: ClientBase,
  {quoted, columns}: Table,
  wanted: {columns: number[]; newestBy: number | undefined},
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
      `--newest-by names ${JSON.stringify(name)}, and role ${role} may not insert values of it`,
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
      `--newest-by names ${JSON.stringify(name)}, and values of ${type} cannot be compared`,
      'name a column with a number or a time',
    )
  }
}
