/** The result of one `migrate`. */
export interface MigrateView {
  applied: string[]
  sample: {created: string[]; alreadyThere: string[]} | null
}

/** One line for each step and each sample table. */
export function renderMigrate({applied, sample}: MigrateView): string {
  const schema = applied.length === 0 ? ['schema is up to date'] : applied.map((name) => `created ${name}`)
  const tables = [
    ...(sample?.created ?? []).map((name) => `created sample table ${name}`),
    ...(sample?.alreadyThere ?? []).map((name) => `sample table ${name} is already there`),
  ]
  return [...schema, ...tables].join('\n')
}
