import pg from 'pg'
import type {JudgedType} from './types.ts'

/** Runs an INSERT that returns a text, and says what became of it. */
export const ATTEMPT = `
CREATE FUNCTION attempt(statement text, OUT stored text, OUT code text) LANGUAGE plpgsql AS $$
BEGIN EXECUTE statement INTO stored; EXCEPTION WHEN others THEN code := SQLSTATE; END $$`

/** What became of a value: the text that Postgres reads out of the column again, or the code of its refusal. */
export interface Fate {
  stored?: string | null
  code?: string
}

/** What Postgres alone makes of the values, each in an INSERT of its own. */
export async function askPostgres(
  pool: pg.Pool,
  type: JudgedType,
  table: string,
  values: string[],
): Promise<Fate[]> {
  const name = type.twin ?? type.column
  await pool.query(`CREATE TABLE ${table} (v ${name})`)
  const statements = values.map((json) =>
    json.startsWith('"') && !type.castDiffers
      ? `INSERT INTO ${table} VALUES (${pg.escapeLiteral(JSON.parse(json))}::${name}) RETURNING v::text`
      : `INSERT INTO ${table} SELECT v FROM json_populate_record(NULL::${table}, ${pg.escapeLiteral(`{"v":${json}}`)}) RETURNING v::text`,
  )
  const {rows} = await pool.query<{stored: string | null; code: string | null}>(
    'SELECT a.* FROM unnest($1::text[]) WITH ORDINALITY s(statement, n), LATERAL attempt(statement) a ORDER BY n',
    [statements],
  )
  return rows.map(({stored, code}) => {
    if (code !== null) return {code}
    return {stored: type.twin ? (stored?.replaceAll('+00', '') ?? null) : stored}
  })
}
