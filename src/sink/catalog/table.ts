import type {Definition} from './definition.ts'
import type {ChangingTypes} from './types-of.ts'
import type {ValueRule} from './value-rule.ts'
import type {ValueType} from './value-type.ts'

export interface Column {
  name: string
  /** Quoted for SQL. */
  quoted: string
  /** The type as `format_type` writes it, e.g. `numeric(10,2)`. */
  type: string
  notNull: boolean
  /**
   * Postgres fills the column if a record does not give it: from a default of the table, of the column's domain, or
   * of the table behind a view.
   */
  hasDefault: boolean
  /** A record that does not give the column is written without it, and not with NULL. */
  mayStayOut: boolean
  /** This role may insert a value into it. */
  insertable: boolean
  /** The type belongs to Postgres itself, and is no domain. */
  isBuiltIn: boolean
  /** Quoted name of the collation by which texts with other bytes may be equal, or null. */
  collation: string | null
  rule: ValueRule
  /** The structure of its values; undefined if whatever Postgres accepts is accepted. */
  judged: ValueType | undefined
  /** The same if its values may be objects, whose keys are attributes of a composite type; undefined otherwise. */
  objects: ValueType | undefined
}

export interface ForeignKey {
  name: string
  /** Indexes into `Table.columns`. */
  columns: number[]
  /** The parents, for FROM: quoted `schema.table`, with ONLY where those that inherit from it do not count. */
  parent: string
  /** Quoted `schema.table`. */
  parentTable: string
  /** Its name in Postgres's messages. */
  parentName: string
  parentColumns: string[]
  /** The constraint's own comparison for each column, e.g. `OPERATOR(pg_catalog.=)`. */
  operators: string[]
  /** The type that the comparison takes on the child's side, or null if any type will do. */
  operands: Array<string | null>
  /** Rows of the table may be parents: it refers to itself, or to a table of the same partition tree. */
  self: boolean
  /** This role sees the same parent rows as the constraint; if not, only the constraint can judge. */
  readable: boolean
}

/** A check constraint over columns that records give. */
export interface CheckConstraint {
  name: string
  /** Indexes into `Table.columns`. */
  columns: number[]
  /** SQL over the column names. */
  expression: string
  /** The record alone decides. Otherwise the check calls a user-defined function, which may look at other rows. */
  isOfRecord: boolean
}

/** The key by which a record counts as already there. */
export interface ConflictTarget {
  /** Indexes into `Table.columns`. */
  columns: number[]
  /** The names that errors give it: the index or constraint, and its counterparts on the partitions. */
  names: string[]
  /** `ON CONFLICT` can use it; if not, a duplicate is an error that names the key. */
  arbiter: boolean
  /** Two NULLs are the same key. */
  nullsAreEqual: boolean
}

/** A sink table, as the catalog describes it. */
export interface Table {
  schema: string
  name: string
  /** Quoted `schema.table`. */
  quoted: string
  /** The columns that a record may give: all but generated ones and `GENERATED ALWAYS AS IDENTITY`. */
  columns: Column[]
  /** Names of the columns that only Postgres fills. */
  generated: string[]
  /** Foreign keys whose columns are all among `columns`. */
  foreignKeys: ForeignKey[]
  checks: CheckConstraint[]
  target: ConflictTarget | undefined
  /** Indexes into `columns` for each other unique key that this role may read. */
  otherKeys: number[][]
  /** The names that errors give these keys. */
  otherKeyNames: string[]
  /** Names of all unique and exclusion constraints and indexes, of partitions too. */
  uniqueNames: string[]
  /** A BEFORE ROW trigger, a rule, a view or a foreign table may change or drop rows; only an insert can judge them. */
  mayRewrite: boolean
  /** A trigger that runs before the foreign key checks may create parents. */
  mayMakeParents: boolean
  /** The same of a BEFORE ROW trigger, and of one that may create parents, where a row is updated. */
  onUpdate: {mayRewrite: boolean; mayMakeParents: boolean}
  /** A BEFORE ROW trigger, or a foreign table, may keep a row from being deleted. */
  onDelete: {mayRewrite: boolean}
  /** COPY is allowed: a plain or partitioned table without row security. */
  canCopy: boolean
  /** The types that its values consist of and that may change. */
  types: ChangingTypes
  /** What it looks like to people, to tell them how it changed. */
  definition: Definition
  /** Changes with every change of its definition, columns and types; see `fingerprintSql`. */
  fingerprint: string
  /** Changes with everything that decides how its foreign keys are checked; see `stateSql`. */
  state: string
}
