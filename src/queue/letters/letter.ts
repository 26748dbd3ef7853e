import {isUtf8} from 'node:buffer'
import {createHash} from 'node:crypto'
import type {DeadReason} from '../../record/cause.ts'
import {letterText, type PastFailure, timePrefix} from './dead-letter.ts'
import {findLenientPath} from './lenient-path.ts'
import {isObject, type LetterFields, pastFailures, readFields} from './letter-fields.ts'
import {failedMs} from './letter-time.ts'

/** A dead letter as it is shown; qtool's own or another producer's. */
export interface DeadLetterView {
  /** For a letter that qtool did not write: the time it failed, if its score holds one, and a hash of its bytes. */
  id: string
  /** RFC 3339, from the score, which is the time it failed; null if the score is not a time. */
  failedAt: string | null
  reason: string
  code: string | null
  message: string | null
  detail: string | null
  column: string | null
  constraint: string | null
  /** The table that refused it; null if its queue has only one, or if none was asked. */
  table: string | null
  attempts: number | null
  /** Records in it; 1 except in envelopes of other producers. */
  records: number
  /** Exact text of the record, or of the whole member if qtool did not write it. */
  payload: string
  /** `base64` if the payload is not valid UTF-8; then `payload` is encoded as base64. */
  payloadEncoding: 'utf8' | 'base64'
  /** Earlier failures of the same item, oldest first; it was replayed after each. */
  history: PastFailure[]
}

/** One member of the dead letter set: qtool's own, an envelope of the service that preceded it, or anything else. */
export class Letter {
  readonly member: Buffer
  readonly score: number
  /** Path of the records in an envelope of another producer. */
  readonly recordsPath: readonly string[]
  #read: LetterFields | undefined
  #item: Buffer | undefined

  constructor(member: Buffer, score: number, recordsPath: readonly string[] = DEFAULT_PATH) {
    this.member = member
    this.score = score
    this.recordsPath = recordsPath
  }

  /** Parsed on demand, since a replay of everything does not need it. */
  get #parsed(): LetterFields {
    this.#read ??= readFields(this.member)
    return this.#read
  }

  get id(): string {
    if (this.isOwn) return this.#text('id') ?? ''
    const ms = failedMs(this.score)
    const hash = createHash('sha256').update(this.member).digest('hex').slice(0, 16)
    return Number.isNaN(ms) ? hash : `${timePrefix(ms)}${hash}`
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

  get detail(): string | null {
    return this.#text('detail')
  }

  get column(): string | null {
    return this.#text('column')
  }

  get constraint(): string | null {
    return this.#text('constraint')
  }

  get table(): string | null {
    return this.#text('table')
  }

  get attempts(): number | null {
    const {attempts} = this.#parsed.fields
    return typeof attempts === 'number' ? attempts : null
  }

  /** Whether qtool wrote it. */
  get isOwn(): boolean {
    return this.#parsed.isOwn
  }

  /** Records in it; 1 except in envelopes of other producers. */
  get records(): number {
    return this.#enveloped?.length ?? 1
  }

  /** Whether its payload is kept as base64, since it is not valid UTF-8. */
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
      return text === null ? Buffer.from(this.#base64, 'base64') : Buffer.from(text, 'utf8')
    }
    const records = this.#enveloped && findLenientPath(this.member, [...this.recordsPath])
    if (!records) return this.member
    const opening = this.recordsPath.map((key) => `{${JSON.stringify(key)}:`).join('')
    return Buffer.concat([
      Buffer.from(opening),
      this.member.subarray(records.start, records.end),
      Buffer.from('}'.repeat(this.recordsPath.length)),
    ])
  }

  /** The records of an envelope of another producer. */
  get #enveloped(): unknown[] | undefined {
    if (this.isOwn) return undefined
    let value: unknown = this.#parsed.fields
    for (const key of this.recordsPath) value = isObject(value) ? value[key] : undefined
    return Array.isArray(value) ? value : undefined
  }

  /** The score its item had; undefined if the letter does not hold it. */
  get itemScore(): number | undefined {
    const {score} = this.#parsed.fields
    return this.isOwn && typeof score === 'number' && Number.isFinite(score) ? score : undefined
  }

  get history(): PastFailure[] {
    const {history} = this.#parsed.fields
    return this.isOwn ? pastFailures(history) : []
  }

  /** This failure, for the history of the item. */
  get failure(): PastFailure {
    const {failedAt, reason, code, message} = this
    return {failedAt, reason, code, message}
  }

  get failedAt(): string | null {
    const ms = failedMs(this.score)
    return Number.isNaN(ms) ? null : new Date(Math.round(ms)).toISOString()
  }

  /** The text of one of qtool's own letters with another payload and history: id, cause and priority stay the same. */
  withPayload(payload: Buffer, history: PastFailure[]): Buffer {
    const text = (name: string) => this.#text(name) ?? ''
    const optional = (name: string) => this.#text(name) ?? undefined
    const letter = {
      qtool: 1 as const,
      id: this.id,
      queue: text('queue'),
      reason: this.reason as DeadReason,
      code: text('code'),
      message: text('message'),
      detail: optional('detail'),
      column: optional('column'),
      constraint: optional('constraint'),
      table: optional('table'),
      failedAt: this.#text('failedAt') ?? text('failed_at'),
      attempts: this.attempts ?? 0,
      score: this.itemScore ?? 0,
    }
    return Buffer.from(letterText(letter, payload, history))
  }

  view(): DeadLetterView {
    const own = this.isOwn ? (this.#text('payload') ?? this.#base64) : null
    const isText = own === null ? isUtf8(this.member) : !this.isBase64
    const {id, failedAt, reason, code, message, detail, column, constraint, table, records, history} = this
    return {
      ...{id, failedAt, reason, code, message, detail, column, constraint, table},
      attempts: this.attempts,
      records,
      payload: own ?? this.member.toString(isText ? 'utf8' : 'base64'),
      payloadEncoding: isText ? 'utf8' : 'base64',
      history,
    }
  }

  get #base64(): string {
    return this.#text('payloadBase64') ?? this.#text('payload_base64') ?? ''
  }

  #text(name: string): string | null {
    const value = this.#parsed.fields[name]
    return typeof value === 'string' ? value : null
  }
}

const DEFAULT_PATH = ['points']
