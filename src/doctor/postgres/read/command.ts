const WORDS = [
  'analyze|begin|call|checkpoint|close|cluster|comment|commit|copy|declare|delete|discard|do|end|execute|explain',
  'fetch|grant|insert|listen|merge|move|notify|prepare|reindex|release|revoke|rollback|savepoint|select|set|show',
  'start|table|truncate|unlisten|update|vacuum|values|with',
].join('|')

/** Kinds of objects whose name would follow. */
const KINDS =
  'database|extension|function|index|materialized|role|schema|sequence|table|trigger|type|unique|view'

/**
 * SQL for what a statement does, e.g. `UPDATE` or `ALTER TABLE`: one or two words of the language, so never a value,
 * not even of what somebody typed by mistake. Null if it begins otherwise, for example with a comment.
 * @param query SQL for the statement's text
 */
export function commandSql(query: string): string {
  const pattern = `^\\s*((?:alter|create|drop|refresh|lock)\\s+(?:${KINDS})|${WORDS})\\M`
  return `upper(substring(lower(${query}) FROM '${pattern}'))`
}
