/**
 * SQL for a table and its partitions: a recursive relation `tree` with the column `oid`, which locks none of them. A row
 * may end up in any of them.
 * @param root SQL for the oid of the table
 */
export function treeOf(root: string): string {
  return `tree AS (
  SELECT ${root} AS oid
  UNION ALL
  SELECT h.inhrelid FROM tree JOIN pg_inherits h ON h.inhparent = tree.oid
  JOIN pg_class p ON p.oid = h.inhrelid AND p.relispartition)`
}
