import {isUtf8} from 'node:buffer'
import {createHash} from 'node:crypto'
import {nullForNaN} from '../json/lenient.ts'
import type {PastFailure} from './dead-letter.ts'
import {findLenientPath} from './lenient-path.ts'

/** A dead letter as a person wants to see it; ours or another producer's. */
export interface DeadLetterView {
  /** Of a dead letter that qtool did not write: a hash of its bytes. */
  id: string
  /** RFC 3339; from the score, which is when it failed. */
  failedAt: string | null
  reason: string
  code: string | null
  message: string | null
  detail: string | null
  column: string | null
  constraint: string | null
  attempts: number | null
  /** Records in it; 1 but for envelopes of other producers. */
  records: number
  /** Exact text of the record, or of the whole member where qtool did not write it. */
  payload: string
  /** Set where the payload is not valid UTF-8; then `payload` is base64. */
  payloadEncoding: 'utf8' | 'base64'
  /** Earlier failures of the same item, oldest first; it was replayed after each. */
  history: PastFailure[]
}

/** One member of the dead letter set: ours, an envelope of the service before it, or anything at all. */
export class Letter {
  readonly member: Buffer
  readonly score: number
  #parsed: Record<string, unknown> | undefined
  #item: Buffer | undefined

  constructor(member: Buffer, score: number) {
    this.member = member
    this.score = score
  }

  /** Parsed when somebody asks: a replay of everything need not. */
  get #fields(): Record<string, unknown> {
    this.#parsed ??= parseObject(this.member) ?? parseObject(nullForNaN(this.member)) ?? {}
    return this.#parsed
  }

  get id(): string {
    return this.#text('id') ?? createHash('sha256').update(this.member).digest('hex').slice(0, 16)
  }

  get reason(): string {
    return this.#text('reason') ?? 'unknown'
  }

  get code(): string | null {
    return this.#text('code')
  }

  get message(): string | null {
    return this.#text('message')
  }

  /** qtool wrote it. */
  get isOwn(): boolean {
    return this.#text('id') !== null && (this.#text('payload') ?? this.#text('payload_base64')) !== null
  }

  /** Records in it; 1 but for envelopes of other producers. */
  get records(): number {
    return !this.isOwn && Array.isArray(this.#fields.points) ? this.#fields.points.length : 1
  }

  /** Its payload is kept as base64, since it is not valid UTF-8. */
  get isBase64(): boolean {
    return this.isOwn && this.#text('payload') === null
  }

  /** What a replay puts back into the queue: exact bytes, never re-serialised. */
  get item(): Buffer {
    this.#item ??= this.#findItem()
    return this.#item
  }

  #findItem(): Buffer {
    if (this.isOwn) {
      const text = this.#text('payload')
      return text === null
        ? Buffer.from(this.#text('payload_base64') ?? '', 'base64')
        : Buffer.from(text, 'utf8')
    }
    if (!Array.isArray(this.#fields.points)) return this.member
    const points = findLenientPath(this.member, ['points'])
    return points
      ? Buffer.concat([POINTS, this.member.subarray(points.start, points.end), BRACE])
      : this.member
  }

  /** The score its item had; undefined where the letter does not say. */
  get itemScore(): number | undefined {
    const {score} = this.#fields
    return this.isOwn && typeof score === 'number' && Number.isFinite(score) ? score : undefined
  }

  get history(): PastFailure[] {
    return this.isOwn && Array.isArray(this.#fields.history) ? this.#fields.history : []
  }

  /** This failure, for the history of the item. */
  get failure(): PastFailure {
    const {failedAt, reason, code, message} = this
    return {failed_at: failedAt, reason, code, message}
  }

  get failedAt(): string | null {
    const ms = failedMs(this.score)
    return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : null
  }

  view(): DeadLetterView {
    const own = this.isOwn ? (this.#text('payload') ?? this.#text('payload_base64')) : null
    const isText = own === null ? isUtf8(this.member) : this.#text('payload') !== null
    return {
      id: this.id,
      failedAt: this.failedAt,
      reason: this.reason,
      code: this.code,
      message: this.message,
      detail: this.#text('detail'),
      column: this.#text('column'),
      constraint: this.#text('constraint'),
      attempts: typeof this.#fields.attempts === 'number' ? this.#fields.attempts : null,
      records: this.records,
      payload: own ?? this.member.toString(isText ? 'utf8' : 'base64'),
      payloadEncoding: isText ? 'utf8' : 'base64',
      history: this.history,
    }
  }

  #text(name: string): string | null {
    const value = this.#fields[name]
    return typeof value === 'string' ? value : null
  }
}

const POINTS = Buffer.from('{"points":')
const BRACE = Buffer.from('}')

/** Scores below it are seconds, as the service before qtool writes them. */
export const SECONDS_BELOW = 1e11

/** When a letter with this score failed, ms since 1970. */
export function failedMs(score: number): number {
  return score < SECONDS_BELOW ? score * 1000 : score
}

/**
 * Whether it failed after a moment: while somebody is at work on the letters, or by a clock that is ahead. An
 * infinite score, which another producer may write, says nothing about the time.
 */
export function failedAfter(score: number, ms: number): boolean {
  return Number.isFinite(score) && failedMs(score) > ms
}

function parseObject(member: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(member.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? {...value} : {}
  } catch {
    return undefined
  }
}
