/**
 * How many standbys a commit waits for, by `synchronous_standby_names`: `a, b` → 1, `FIRST 2 (a, b, c)` → 2,
 * `ANY 1 (*)` → 1, `2 (a, b)` → 2, empty → 0.
 */
export function synchronousStandbys(names: string): number {
  if (names.trim() === '') return 0
  const [, number] = /^\s*(?:(?:first|any)\s+)?(\d+)\s*\(/i.exec(names) ?? []
  return number === undefined ? 1 : Number(number)
}
