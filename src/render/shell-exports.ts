/** Shells that take different words for setting a variable. */
export const EXPORTING_SHELLS = ['sh', 'fish'] as const

export type ExportingShell = (typeof EXPORTING_SHELLS)[number]

/** Lines that set variables in a shell, and in the programs that it starts. */
export function shellExports(variables: Record<string, string>, shell: ExportingShell): string {
  return Object.entries(variables)
    .map(([name, value]) =>
      shell === 'fish' ? `set -gx ${name} ${fishWord(value)};` : `export ${name}=${shWord(value)}`,
    )
    .join('\n')
}

function shWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** In the single quotes of fish, a backslash escapes itself and the quote. */
function fishWord(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
