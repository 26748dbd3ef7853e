import {usageError} from '../../errors.ts'

/** `key=column` pairs. @throws QtoolError (usage) */
export function parseRenames(pairs: string[]): Record<string, string> {
  const renames = new Map<string, string>()
  for (const pair of pairs) {
    const [key, column, ...rest] = pair.split('=')
    if (!key || !column || rest.length > 0) {
      throw usageError(`expected --rename to be key=column, got ${JSON.stringify(pair)}`)
    }
    if (renames.has(key)) {
      throw usageError(`two --rename for the key ${JSON.stringify(key)}: ${renames.get(key)} and ${column}`)
    }
    renames.set(key, column)
  }
  return Object.fromEntries(renames)
}
