import {usageError} from '../../errors.ts'
import type {JsonScanner} from '../../json/scanner.ts'
import {didYouMean} from '../../nearest.ts'
import type {Table} from '../catalog/table.ts'

/** How records map to a table, from the command line or the profile. */
export interface MappingOptions {
  /** Record key → column, if they differ. */
  rename: Record<string, string>
}

/** Most positions remembered, and the longest key: hostile records may have a million keys of a megabyte. */
const REMEMBERED = 256

/** Column index for a key that matches no column. */
export const UNKNOWN = -1

/**
 * Finds the column of each record key. Producers write the keys of a record in the same order again and again, so the
 * key last seen at a position is compared first; only if it differs is the map looked up.
 */
export class RecordMap {
  readonly #byKey = new Map<string, number>()
  readonly #seen: Array<{key: Buffer; column: number} | undefined> = []
  /** Renamed keys that no record has given so far. */
  readonly #unseen: Set<string>

  /** @throws QtoolError (usage) if a rename can never work */
  constructor(table: Table, options: MappingOptions) {
    table.columns.forEach((column, index) => {
      this.#byKey.set(column.name, index)
    })
    const renamed = Object.entries(options.rename)
    for (const [, column] of renamed) this.#byKey.delete(column)
    const taken = new Map<number, string>()
    for (const [key, column] of renamed) {
      const index = renamedColumn(table, key, column)
      const other = taken.get(index)
      if (other !== undefined) {
        throw usageError(
          `--rename maps both ${JSON.stringify(other)} and ${JSON.stringify(key)} to the column ${JSON.stringify(column)}`,
        )
      }
      taken.set(index, key)
      this.#byKey.set(key, index)
    }
    this.#unseen = new Set(renamed.map(([key]) => key))
  }

  /** Whether a record key matches a column. */
  has(key: string): boolean {
    return this.#byKey.has(key)
  }

  /** Renamed keys that no record has given so far. */
  get unseenRenames(): string[] {
    return [...this.#unseen]
  }

  /** The column of member `i` of the scanner's last object, or UNKNOWN. */
  column(scanner: JsonScanner, bytes: Buffer, i: number): number {
    const start = scanner.keyStart[i]
    const end = scanner.keyEnd[i]
    const seen = this.#seen[i]
    if (seen && seen.key.length === end - start && sameBytes(seen.key, bytes, start)) return seen.column
    const raw = bytes.toString('utf8', start, end)
    const key: string = scanner.keyEscaped[i] ? JSON.parse(`"${raw}"`) : raw
    const column = this.#byKey.get(key) ?? UNKNOWN
    this.#unseen.delete(key)
    if (i < REMEMBERED && key.length < REMEMBERED) {
      this.#seen[i] = {key: Buffer.from(bytes.subarray(start, end)), column}
    }
    return column
  }
}

function renamedColumn(table: Table, key: string, column: string): number {
  if (key.includes('.')) {
    throw usageError(
      `--rename ${key}=${column}: nested keys are not supported`,
      'only top-level keys of a record can be renamed',
    )
  }
  const index = table.columns.findIndex((candidate) => candidate.name === column)
  if (index >= 0) return index
  const names = table.columns.map((candidate) => candidate.name)
  throw usageError(
    `--rename ${key}=${column}: ${table.quoted} has no writable column ${JSON.stringify(column)}`,
    ...didYouMean(column, names),
    `columns: ${names.join(', ')}`,
  )
}

function sameBytes(key: Buffer, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return false
  return true
}
