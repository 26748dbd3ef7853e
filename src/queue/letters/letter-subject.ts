import {payloadObjects} from '../../filter/payload.ts'
import type {Subject} from '../../filter/subject.ts'
import type {JobReader} from '../jobs/job-reader.ts'
import type {Letter} from './letter.ts'
import {groupOf} from './letter-group.ts'
import {failedMs} from './letter-time.ts'
import {normaliseText} from './normalise.ts'

/** A dead letter as a filter sees it. */
export class LetterSubject implements Subject {
  readonly #letter: Letter
  readonly #queue: string | undefined
  readonly #jobs: JobReader | undefined

  constructor(letter: Letter, queue?: string, jobs?: JobReader) {
    this.#letter = letter
    this.#queue = queue
    this.#jobs = letter.isOwn ? jobs : undefined
  }

  texts(field: string): readonly string[] {
    const letter = this.#letter
    if (field === 'reason')
      return letter.isOwn ? [letter.reason] : [letter.reason, normaliseText(letter.reason)]
    const text = this.#text(field)
    return text === null || text === undefined ? [] : [String(text)]
  }

  #text(field: string): string | number | null | undefined {
    const letter = this.#letter
    switch (field) {
      case 'id':
      case 'code':
      case 'message':
      case 'detail':
      case 'column':
      case 'constraint':
      case 'table':
      case 'attempts':
      case 'records':
        return letter[field]
      case 'group':
        return groupOf(letter).id
      case 'queue':
        return this.#queue
      default:
        throw new Error(`expected a field of dead letters, got ${field}`)
    }
  }

  figure(field: string): number {
    if (field === 'time') return failedMs(this.#letter.score)
    return Number(this.#text(field) ?? Number.NaN)
  }

  objects(): readonly Buffer[] {
    return this.#jobs?.objects(this.#letter.item) ?? payloadObjects(this.#payload, this.#letter.recordsPath)
  }

  searched(): readonly string[] {
    const {message, detail, item} = this.#letter
    return [this.#payload.toString(), message ?? '', detail ?? '', this.#jobs?.text(item) ?? '']
  }

  /** As it is shown: of another program's letter the whole, which says more than what a replay puts back. */
  get #payload(): Buffer {
    const letter = this.#letter
    return letter.isOwn ? letter.item : letter.member
  }

  /** A payload that is no UTF-8 is kept as base64. */
  mayHold(text: string): boolean {
    const {member} = this.#letter
    return this.#jobs !== undefined || member.includes(text) || MARKS.some((mark) => member.includes(mark))
  }
}

/** What lets a letter hold a text without its bytes: an escape of JSON, and a payload in base64. */
const MARKS = ['\\u', '"payloadBase64":', '"payload_base64":'].map((text) => Buffer.from(text))
