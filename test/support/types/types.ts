import type pg from 'pg'
import type {Shape} from './rules.ts'

/** A type that a column can have. */
export interface JudgedType {
  /** The type as written in a column definition. */
  column: string
  /**
   * For types of times without an offset: the type with which Postgres itself converts an offset to UTC. Expected
   * values are the texts of that type without the +00 after each time.
   */
  twin: string | undefined
  shape: Shape
  /**
   * A cast differs from the input function: it cuts a text to the column's length, and a JSON string stays a string
   * in a JSON column.
   */
  castDiffers: boolean
}

/** SQL that creates user-defined types in the first schema of the search path. */
export const OWN_TYPES = `
CREATE TYPE mood AS ENUM ('sad', 'ok', 'so "la la"');
CREATE DOMAIN share AS float8 CHECK (value BETWEEN 0 AND 100);
CREATE DOMAIN code AS varchar(5);
CREATE DOMAIN days AS date[];
CREATE DOMAIN moment AS timestamp;
CREATE DOMAIN moment_tz AS timestamptz;
CREATE DOMAIN moments AS moment[];
CREATE DOMAIN moments_tz AS moment_tz[];
CREATE TYPE stay AS (note text, arrived timestamp, amounts numeric[]);
CREATE TYPE stay_tz AS (note text, arrived timestamptz, amounts numeric[]);
CREATE DOMAIN long_stay AS stay;
CREATE DOMAIN long_stay_tz AS stay_tz;
CREATE TYPE floatrange AS RANGE (subtype = float8);
CREATE TYPE timerange AS RANGE (subtype = time)`

const leaf = (name: string): Shape => ({leaf: name})
const STAY: Shape = {
  row: [
    ['note', leaf('text')],
    ['arrived', leaf('timestamp')],
    ['amounts', {array: leaf('numeric')}],
  ],
}

function own(column: string, shape: Shape, twin?: string): JudgedType {
  return {column, twin, shape, castDiffers: /\d/.test(column) || column === 'code'}
}

const OWN: JudgedType[] = [
  own('mood', leaf('mood')),
  own('mood[]', {array: leaf('mood')}),
  own('share', leaf('float8')),
  own('share[]', {array: leaf('float8')}),
  own('code', leaf('text')),
  own('days', {array: leaf('date')}),
  own('moment', leaf('timestamp'), 'moment_tz'),
  own('moments', {array: leaf('timestamp')}, 'moments_tz'),
  own('stay', STAY, 'stay_tz'),
  own('stay[]', {array: STAY}, 'stay_tz[]'),
  own('long_stay', STAY, 'long_stay_tz'),
  own('floatrange', {range: leaf('float8')}),
  own('floatmultirange', {multirange: leaf('float8')}),
  own('timerange', {range: leaf('time')}),
  own('varchar(5)', leaf('varchar')),
  own('char(3)', leaf('bpchar')),
  own('numeric(8,3)', leaf('numeric')),
  own('bit(3)', leaf('bit')),
  own('varbit(4)', leaf('varbit')),
  own('timestamp(0)', leaf('timestamp'), 'timestamptz(0)'),
  own('time(1)', leaf('time')),
  own('interval(0)', leaf('interval')),
  own('varchar(5)[]', {array: leaf('varchar')}),
]

const TWINS: Record<string, string | undefined> = {
  timestamp: 'timestamptz',
  _timestamp: '_timestamptz',
  tsrange: 'tstzrange',
  _tsrange: '_tstzrange',
  tsmultirange: 'tstzmultirange',
  _tsmultirange: '_tstzmultirange',
}

interface Row {
  name: string
  kind: string
  of: string | null
  how: 'array' | 'range' | 'multirange' | null
}

/** Every type of this server that a column can have, and some types made of them. */
export async function allTypes(client: pg.ClientBase): Promise<JudgedType[]> {
  const {rows} = await client.query<Row>(`
    SELECT t.typname AS name, t.typtype AS kind, i.typname AS of, x.how FROM pg_type t
    LEFT JOIN LATERAL (
      SELECT oid, 'array' AS how FROM pg_type e WHERE e.typarray = t.oid
      UNION ALL SELECT rngsubtype, 'range' FROM pg_range WHERE rngtypid = t.oid
      UNION ALL SELECT rngsubtype, 'multirange' FROM pg_range WHERE rngmultitypid = t.oid) x ON true
    LEFT JOIN pg_type i ON i.oid = x.oid
    WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'r', 'm') AND t.typrelid = 0
      AND NOT (t.typcategory = 'A' AND EXISTS (SELECT FROM pg_type c WHERE c.typarray = t.oid AND c.typrelid <> 0))
      AND t.typname <> '_record' AND t.typname <> '_cstring'
    ORDER BY t.typname`)
  const byName = new Map(rows.map((row) => [row.name, row]))
  const shapeOf = (row: Row): Shape => {
    const inner = row.of === null ? undefined : byName.get(row.of)
    if (!row.how || !inner) return leaf(row.name)
    const shape = shapeOf(inner)
    if (row.how === 'array') return {array: shape}
    return row.how === 'range' ? {range: shape} : {multirange: shape}
  }
  const builtin = rows.map((row) => {
    const name = `pg_catalog."${row.name}"`
    return {
      column: name,
      twin: TWINS[row.name],
      shape: shapeOf(row),
      castDiffers: /^_?jsonb?$/.test(row.name),
    }
  })
  return [...builtin, ...OWN]
}
