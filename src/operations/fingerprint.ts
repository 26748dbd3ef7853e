import {createHash} from 'node:crypto'
import type {Letter} from '../queue/letters/letter.ts'

/** A member of a queue, with its place. */
interface Member {
  member: Buffer
  score: number
}

/** Identifies what an operation would affect by its exact bytes and scores, in the order in which they are read. */
export class Fingerprint {
  readonly #hash = createHash('sha256')
  readonly #byReason = new Map<string, number>()
  #affected = 0

  /** Adds ready items. */
  readonly addItems = (items: readonly Member[]): void => {
    for (const {member, score} of items) {
      const head = Buffer.alloc(12)
      head.writeDoubleBE(score, 0)
      head.writeUInt32BE(member.length, 8)
      this.#hash.update(head).update(member)
    }
    this.#affected += items.length
  }

  /** Adds dead letters, and counts them by their reason. */
  readonly addLetters = (letters: readonly Letter[]): void => {
    this.addItems(letters)
    for (const {reason, isOwn} of letters) {
      const name = isOwn ? reason : OTHERS
      this.#byReason.set(name, (this.#byReason.get(name) ?? 0) + 1)
    }
  }

  /** What was added; nothing can be added afterwards. */
  finish(): {affected: number; byReason: Record<string, number>; fingerprint: string} {
    const byReason = Object.fromEntries([...this.#byReason].sort((a, b) => b[1] - a[1]))
    return {affected: this.#affected, byReason, fingerprint: `sha256:${this.#hash.digest('hex')}`}
  }
}

/** The reason under which the letters of other programs are counted: they write a sentence of their own into each. */
const OTHERS = 'other programs'
