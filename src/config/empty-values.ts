import {usageError} from '../errors.ts'

/**
 * Reads an environment variable. An empty one is most likely one that a script failed to fill: a default in its place
 * would not be what was meant.
 * @throws QtoolError (usage)
 */
export function readVariable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]
  if (value === '') throw usageError(`${name} is set but empty`, `unset ${name}, or give it a value`)
  return value
}

/** @throws QtoolError (usage) if a variable that only qtool reads is empty */
export function assertNoEmptyVariable(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) if (name.startsWith('QTOOL_')) readVariable(env, name)
}

/** @throws QtoolError (usage) if a flag or an argument was given an empty value */
export function assertNoEmptyValue(kind: 'flag' | 'argument', values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (![value].flat().includes('')) continue
    throw usageError(
      kind === 'flag' ? `--${name} has an empty value` : `the argument ${name.toUpperCase()} is empty`,
    )
  }
}
