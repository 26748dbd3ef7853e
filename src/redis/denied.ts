import {scriptLine} from './script.ts'

/** The errors for a command or a key that is not permitted, on its own and within a script. */
const DENIED = /^NOPERM|user executing the script can't/

/** Whether Redis refused a command because this user lacks the command or the key. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && DENIED.test(error.message)
}

/** The reply, or null if this user may not run the command: one missing part of a screen is no reason to fail. */
export async function unlessDenied<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking
  } catch (error) {
    if (isDenied(error)) return null
    throw error
  }
}

/**
 * What was denied within a script, for a message. Redis names only the line, from which the command can be read.
 * @returns undefined for any other error
 */
export function deniedInScript(message: string): string | undefined {
  if (!/user executing the script can't/.test(message)) return undefined
  const [sha = ''] = /[0-9a-f]{40}/.exec(message) ?? []
  const [, number = '0'] = /user_script:\s*(\d+)/.exec(message) ?? []
  const line = scriptLine(sha, Number(number)) ?? ''
  const commands = [...line.matchAll(/redis\.p?call\('(\w+)'/g)].map(([, name]) => name)
  const what = commands.length > 0 ? commands.join(' or ') : 'a command'
  return `${what} within a script: its user lacks the command or the key`
}
