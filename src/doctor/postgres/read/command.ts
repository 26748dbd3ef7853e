/**
 * SQL for the first word of a statement, or two if the first says little, e.g. `UPDATE` or `ALTER TABLE`: never its
 * values. Null if it begins otherwise, for example with a comment.
 * @param query SQL for the statement's text
 */
export function commandSql(query: string): string {
  const pattern = '^\\s*((?:alter|create|drop|refresh|lock)\\s+[a-z]+|[a-z]+)'
  return `upper(substring(lower(${query}) FROM '${pattern}'))`
}
