import pg from 'pg'
import type {JudgedType} from './types.ts'

/** Runs an INSERT that returns a text; returns that text, or the SQLSTATE if the INSERT fails. */
export const ATTEMPT = `
CREATE FUNCTION attempt(statement text, OUT stored text, OUT code text) LANGUAGE plpgsql AS $$
BEGIN EXECUTE statement INTO stored; EXCEPTION WHEN others THEN code := SQLSTATE; END $$`

/** The fate of a value: the text that Postgres reads back from the column, or the SQLSTATE of its refusal. */
export interface Fate {
  stored?: string | null
  code?: string
}

/** The fates of values in Postgres without qtool, each in its own INSERT. */
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
