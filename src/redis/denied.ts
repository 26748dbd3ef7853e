/** As a command of its own says it, and from within a script. */
const DENIED = /^NOPERM|user executing the script can't run this command/

/** What a question answers, or null where this user may not ask it: one part of a screen is no reason to fail. */
export async function unlessDenied<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof Error && DENIED.test(error.message)) return null
    throw error
  }
}
