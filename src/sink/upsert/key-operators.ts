import type {ClientBase} from 'pg'
import type {Table} from '../catalog/table.ts'

/*
 * $1 = the table, quoted for SQL   $2 = names of the columns. An index compares as its operator class says, which may be
 * another operator than `=` finds on the search path.
 */
const OPERATORS = `
SELECT a.attname::text AS name, format('OPERATOR(%I.%s)', n.nspname, o.oprname) AS operator
FROM pg_index i
CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) AS k(attnum, class)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
JOIN pg_opclass c ON c.oid = k.class
JOIN pg_amop m ON m.amopfamily = c.opcfamily AND m.amoplefttype = c.opcintype AND m.amoprighttype = c.opcintype
  AND m.amopstrategy = 3 AND m.amopmethod = c.opcmethod
JOIN pg_operator o ON o.oid = m.amopopr JOIN pg_namespace n ON n.oid = o.oprnamespace
WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indpred IS NULL AND NOT 0 = ANY (i.indkey::int2[])
  AND i.indnkeyatts = cardinality($2::text[]) AND (SELECT count(*) FROM pg_attribute b
    WHERE b.attrelid = i.indrelid AND b.attname = ANY ($2::text[])
      AND b.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) = i.indnkeyatts`

/** SQL of the comparison by which the index of a key finds each of its columns. @param key indexes into the columns */
export async function readKeyOperators(client: ClientBase, table: Table, key: number[]): Promise<string[]> {
  const names = key.map((column) => table.columns[column].name)
  const {rows} = await client.query<{name: string; operator: string}>(OPERATORS, [table.quoted, names])
  const found = new Map(rows.map(({name, operator}) => [name, operator]))
  return names.map((name) => found.get(name) ?? '=')
}
