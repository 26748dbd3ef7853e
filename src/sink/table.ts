import type {ValueRule} from './value-rule.ts'
import type {ValueType} from './value-type.ts'

export interface Column {
  name: string
  /** Quoted for SQL. */
  quoted: string
  /** As `format_type` writes it, e.g. `numeric(10,2)`. */
  type: string
  notNull: boolean
  /**
   * Postgres fills the column in where a record does not give it: from a default of the table, of the column's
   * domain, or of the table behind a view. Such a column is left out of the statement rather than written as NULL.
   */
  hasDefault: boolean
  /** This role may insert a value into it. */
  insertable: boolean
  rule: ValueRule
  /** What its values are made of; undefined where whatever Postgres takes is taken. */
  judged: ValueType | undefined
}

export interface ForeignKey {
  name: string
  /** Indexes into `Table.columns`. */
  columns: number[]
  /** Quoted `schema.table`. */
  parent: string
  /** As the message of Postgres names it. */
  parentName: string
  parentColumns: string[]
  /** The constraint's own comparison for each column, e.g. `OPERATOR(pg_catalog.=)`. */
  operators: string[]
  /** Type that the comparison takes on the side of the child, or null where any type will do. */
  operands: Array<string | null>
  /** Rows of the table may be parents: it refers to itself, or to what it is a partition of. */
  self: boolean
  /** A query of this role sees the parent as the constraint does; else the constraint alone judges. */
  readable: boolean
}

/** A check that a record alone decides: it calls no function that may look at other rows. */
export interface CheckConstraint {
  name: string
  /** Indexes into `Table.columns`. */
  columns: number[]
  /** SQL over the column names. */
  expression: string
}

/** The key by which a record counts as already there. */
export interface ConflictTarget {
  /** Indexes into `Table.columns`. */
  columns: number[]
  /** As errors name it: the index or constraint, and its likes on the partitions. */
  names: string[]
  /** `ON CONFLICT` can name it; else a duplicate is an error of Postgres that names the key. */
  arbiter: boolean
}

/** A sink table, as the catalog says. */
export interface Table {
  schema: string
  name: string
  /** Quoted `schema.table`. */
  quoted: string
  /** The columns a record may give: not generated, not `GENERATED ALWAYS AS IDENTITY`. */
  columns: Column[]
  /** Names of the columns that Postgres alone fills in. */
  generated: string[]
  /** Foreign keys over these columns that a record alone decides. */
  foreignKeys: ForeignKey[]
  checks: CheckConstraint[]
  target: ConflictTarget | undefined
  /** Names of all unique and exclusion constraints and indexes, of partitions too. */
  uniqueNames: string[]
  /** A BEFORE ROW trigger, a rule or a foreign server may change or drop rows: only the insert can judge them. */
  mayRewrite: boolean
  /** A trigger that runs ahead of the foreign keys may make parents. */
  mayMakeParents: boolean
  /** COPY is allowed: a plain or partitioned table without row security. */
  canCopy: boolean
  /** Changes with every column that is added, dropped or renamed; see `fingerprintSql`. */
  fingerprint: string
}
