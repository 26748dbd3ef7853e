import {type Field, fieldsOf} from '../../config/mapping/fields.ts'
import type {RecordMapping} from '../../config/mapping/mapping.ts'
import {EACH, type PathSource, type Step} from '../../config/mapping/source.ts'
import type {TimeUnit} from '../../config/mapping/times.ts'
import type {Table} from '../catalog/table.ts'
import {mappedColumn, timeColumn} from './mapped-column.ts'
import {RecordMap} from './record-map.ts'
import {type Inside, listAt, newInside, type Use, useAt, type WatchedField} from './uses.ts'

/** What a mapping means for a table. */
export interface Mapped {
  /** Top-level key → index of its column, or the number of columns and more for an index into the uses of `beyond`. */
  map: RecordMap
  /** What cannot be told by looking at one key after the other; undefined if there is nothing of the kind. */
  beyond: Beyond | undefined
  /** The mapping takes values from the objects around records. */
  isAroundUsed: boolean
  /** The keys that are used of these. */
  around: {parent?: ReadonlyMap<string, number>; envelope?: ReadonlyMap<string, number>}
  /** Whether a record's own value at a key is used, or is a part of what is. */
  uses(key: string): boolean
  /** Fields that no record has given so far. */
  unseen(): Field[]
}

export interface Beyond {
  uses: Use[]
  /** Columns that hold the whole record. */
  whole: number[]
  constants: Array<{column: number; json: Buffer}>
  /** What is used of the object that directly holds the records, and of the envelope around them. */
  parent: Inside | undefined
  envelope: Inside | undefined
  /** The unit of the epoch numbers of each column. */
  units: Array<TimeUnit | undefined>
}

/**
 * @param op where a record says what it does
 * @throws QtoolError (usage) if the mapping does not fit the table
 */
export function mappedTo(table: Table, mapping: RecordMapping, op?: PathSource): Mapped {
  const fields = fieldsOf(mapping)
  const roots = {record: newInside(), parent: newInside('$parent'), envelope: newInside('$envelope')}
  const root = roots.record
  const beyond: Beyond = {
    uses: root.uses,
    whole: [],
    constants: [],
    parent: undefined,
    envelope: undefined,
    units: unitsOf(table, mapping),
  }
  const watched: WatchedField[] = []
  const [taken, moved] = [new Set<number>(), new Set<string>()]
  for (const field of fields) {
    const column = mappedColumn(table, field)
    taken.add(column)
    const {source} = field
    if (source.kind === 'constant') beyond.constants.push({column, json: Buffer.from(source.json)})
    else if (source.kind === 'path' && source.steps.length === 0) beyond.whole.push(column)
    else {
      const of = source.kind === 'path' ? source.of : 'record'
      if (source.kind === 'renamed') moved.add(source.key)
      const steps = source.kind === 'renamed' ? [source.key] : source.steps
      watched.push({field, use: givenBy(roots[of], steps, column)})
    }
  }
  for (const [column, {name}] of table.columns.entries()) {
    if (!taken.has(column) && !moved.has(name)) useAt(root, [name]).columns.push(column)
  }
  if (op) useAt(roots[op.of], op.steps).isOp = true
  if (roots.parent.uses.length > 0) beyond.parent = roots.parent
  if (roots.envelope.uses.length > 0) beyond.envelope = roots.envelope
  const map = topMap(root, table.columns.length, {watched, camelCase: mapping.camelCase})
  const isNeeded =
    map.hasUses ||
    beyond.whole.length + beyond.constants.length > 0 ||
    beyond.parent ||
    beyond.envelope ||
    mapping.time
  return {
    map: map.keys,
    beyond: isNeeded ? beyond : undefined,
    isAroundUsed: beyond.parent !== undefined || beyond.envelope !== undefined,
    around: {parent: beyond.parent?.keys, envelope: beyond.envelope?.keys},
    uses: (key) => map.keys.has(key) || beyond.whole.length > 0,
    unseen: () => watched.filter(({use}) => !use.seen && !map.isSeen(use)).map(({field}) => field),
  }
}

/** The use of the value that gives a column, whole or as a list of what is in its elements. */
function givenBy(root: Inside, steps: readonly Step[], column: number): Use {
  if (steps.includes(EACH)) return listAt(root, steps, column)
  const use = useAt(root, steps)
  use.columns.push(column)
  return use
}

/** The map of the keys of a record: most of them give one column, and nothing else. */
function topMap(
  {keys, uses}: Inside,
  columns: number,
  {watched, camelCase}: {watched: WatchedField[]; camelCase: boolean | undefined},
): {keys: RecordMap; hasUses: boolean; isSeen: (use: Use) => boolean} {
  const isPlain = (use: Use) =>
    use.columns.length === 1 && use.lists.length === 0 && use.inside === undefined && !use.isOp
  const byKey = new Map(
    [...keys].map(([key, i]) => [key, isPlain(uses[i]) ? uses[i].columns[0] : columns + i]),
  )
  const plain = new Map([...keys].flatMap(([key, i]) => (isPlain(uses[i]) ? [[uses[i], key]] : [])))
  const watchedKeys = watched.flatMap(({use}) => plain.get(use) ?? [])
  const map = new RecordMap(byKey, {camelCase, watched: watchedKeys})
  return {
    keys: map,
    hasUses: plain.size < uses.length,
    isSeen: (use) => {
      const key = plain.get(use)
      return key !== undefined && !map.unseen.has(key)
    },
  }
}

function unitsOf(table: Table, {time = {}}: RecordMapping): Array<TimeUnit | undefined> {
  const units = table.columns.map((): TimeUnit | undefined => undefined)
  for (const [column, unit] of Object.entries(time)) units[timeColumn(table, column, unit)] = unit
  return units
}
