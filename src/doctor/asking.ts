import {messageOf, QtoolError} from '../errors.ts'
import type {Unread, UnreadKind} from './unread.ts'

/** Asks servers for parts of the facts, and notes those that they do not give. */
export class Asking {
  readonly unread: Record<string, Unread> = {}

  /**
   * The answer, or null if the server refuses it or what is there cannot be used; a connection that breaks still throws.
   * @param part e.g. `redis.info`
   * @param fix what would make it readable
   */
  async ask<T>(part: string, answer: Promise<T>, fix: string): Promise<T | null> {
    try {
      return await answer
    } catch (error) {
      const kind = kindOf(error)
      if (kind === undefined) throw error
      this.note(part, kind, error, fix)
      return null
    }
  }

  /** Notes that a part cannot be read; an error of qtool says itself what mends it. */
  note(part: string, kind: UnreadKind, error: unknown, fix: string): void {
    const own = error instanceof QtoolError ? error.suggestions[0] : undefined
    this.unread[part] = {kind, reason: messageOf(error).split('\n')[0], fix: own ?? fix}
  }
}

/** Codes of errors about a key that is not as it should be. */
const BROKEN = ['WRONGTYPE', 'BROKEN_KEY']

/** Undefined for an error that is not an answer of a server. */
function kindOf(error: unknown): UnreadKind | undefined {
  if (error instanceof QtoolError) return BROKEN.includes(error.code) ? 'broken' : undefined
  if (!(error instanceof Error)) return undefined
  // As both drivers mark an error that the server has sent
  return error.name === 'ReplyError' || 'severity' in error ? 'refused' : undefined
}
