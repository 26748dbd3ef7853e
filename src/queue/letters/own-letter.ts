import {isUtf8} from 'node:buffer'

/** The kind of a field's value, recognised by its first byte. */
type Kind = 'string' | 'number' | 'array'

/** A field of a letter: the bytes before its value, and the kind of the value. */
interface Field {
  /** `,"name":`, or with a brace in place of the comma. */
  lead: Buffer
  kind: Kind
  isOptional: boolean
}

/**
 * The fields of a letter in the order in which qtool writes them; the base64 variant follows the payload it replaces.
 */
const NAMES = {
  id: 'string',
  queue: 'string',
  reason: 'string',
  code: 'string',
  message: 'string',
  'detail?': 'string',
  'column?': 'string',
  'constraint?': 'string',
  'table?': 'string',
  failedAt: 'string',
  attempts: 'number',
  score: 'number',
  'payload?': 'string',
  'payloadBase64?': 'string',
  'history?': 'array',
} as const satisfies Record<string, Kind>

const ID = 0
const REASON = 2
const MESSAGE = 4
const FAILED_AT = 9
const ATTEMPTS = 10
const SCORE = 11
const PAYLOAD = 12
const BASE64 = 13
const HISTORY = 14

/** The mark comes first: no other program begins a text with it by chance. */
const MARKED = formOf('{"qtool":1,', (name) => name)

const SNAKE_CASE: Record<string, string> = {failedAt: 'failed_at', payloadBase64: 'payload_base64'}

/** The form that qtool wrote before there was a mark. */
const UNMARKED = formOf('{', (name) => SNAKE_CASE[name] ?? name)

/** A letter without the mark also needs an id that names a lease and a record in it. */
const OLD_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:~\d+)?(?:\.f?\d+)*:\d+$/

function formOf(start: string, nameOf: (name: string) => string): Field[] {
  return Object.entries(NAMES).map(([key, kind], i) => {
    const name = nameOf(key.replace('?', ''))
    return {
      lead: Buffer.from(`${i === 0 ? start : ','}${JSON.stringify(name)}:`),
      kind,
      isOptional: key.endsWith('?'),
    }
  })
}

/** A number that Redis accepts as written: it has no exponent, so it is finite. */
const PLAIN_NUMBER = /^-?\d{1,20}(?:\.\d{1,20})?$/

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Recognises letters that qtool wrote by their bytes: exactly the right fields, in the right order, with nothing
 * between them. Anything else, however similar, belongs to another program, and its replay must put back every byte.
 * It builds no values; the offsets that it stores are overwritten by the next call.
 */
export class OwnLetterReader {
  /** The payload, as its producer wrote it: `item[..itemEnd]`. */
  item: Buffer = Buffer.allocUnsafeSlow(64 * 1024)
  itemEnd = 0
  readonly #starts = new Int32Array(HISTORY + 1)
  readonly #ends = new Int32Array(HISTORY + 1)
  #member: Buffer = Buffer.alloc(0)

  /** Whether it has the form of one of qtool's own letters; whether it is valid JSON is left to `JSON.parse`. */
  isOwn(member: Buffer): boolean {
    this.#member = member
    if (member[member.length - 1] !== 0x7d || !isUtf8(member)) return false
    if (this.#hasFields(MARKED)) return true
    return this.#hasFields(UNMARKED) && OLD_ID.test(this.#text(ID))
  }

  /**
   * Reads what a replay needs. @returns false if it is not such a letter, or one that only `Letter` can read, which
   * is slower: one with a history, a payload in base64 or with a \u escape, or a number with an exponent
   */
  read(member: Buffer): boolean {
    if (!this.isOwn(member) || this.#ends[BASE64] > 0 || this.#ends[HISTORY] > 0) return false
    return this.#isPlain(ATTEMPTS) && this.#isPlain(SCORE) && this.#unescape()
  }

  get score(): {start: number; end: number} {
    return {start: this.#starts[SCORE], end: this.#ends[SCORE]}
  }

  /** The text that `historyText` writes for an item that has failed once. */
  get history(): string {
    const from = this.#starts[REASON] - '"reason":'.length
    const said = this.#member.toString('utf8', from, this.#ends[MESSAGE])
    const failedAt = this.#member.toString('utf8', this.#starts[FAILED_AT], this.#ends[FAILED_AT])
    return `[{"failedAt":${failedAt},${said}}]`
  }

  /** A string without its quotes. */
  #text(field: number): string {
    return this.#member.toString('utf8', this.#starts[field] + 1, this.#ends[field] - 1)
  }

  #isPlain(field: number): boolean {
    return PLAIN_NUMBER.test(this.#member.toString('latin1', this.#starts[field], this.#ends[field]))
  }

  #hasFields(form: Field[]): boolean {
    let at = 0
    for (let i = 0; i < form.length; i++) {
      const {lead, kind, isOptional} = form[i]
      this.#ends[i] = 0
      if (!this.#startsWith(lead, at)) {
        if (isOptional) continue
        return false
      }
      this.#starts[i] = at + lead.length
      at = this.#valueEnd(kind, at + lead.length)
      if (at < 0) return false
      this.#ends[i] = at
    }
    const payloads = Number(this.#ends[PAYLOAD] > 0) + Number(this.#ends[BASE64] > 0)
    return payloads === 1 && at === this.#member.length - 1
  }

  #startsWith(bytes: Buffer, at: number): boolean {
    const member = this.#member
    for (let i = 0; i < bytes.length; i++) if (member[at + i] !== bytes[i]) return false
    return true
  }

  /** @returns the offset after the value, or -1 if it is of another kind */
  #valueEnd(kind: Kind, from: number): number {
    const member = this.#member
    let at = from
    if (kind === 'string') {
      if (member[at] !== QUOTE) return -1
      for (at++; member[at] !== QUOTE; at++) {
        if (!(member[at] >= 0x20)) return -1
        if (member[at] === BACKSLASH && !this.#isEscape(++at)) return -1
      }
      return at + 1
    }
    // The history is the last field, so it ends before the brace
    if (kind === 'array') return member[at] === 0x5b && member.at(-2) === 0x5d ? member.length - 1 : -1
    while (NUMERIC[member[at]] === 1) at++
    return at > from ? at : -1
  }

  #isEscape(at: number): boolean {
    const member = this.#member
    if (member[at] !== 0x75) return ESCAPED[member[at]] !== 0
    return HEX.test(member.toString('latin1', at + 1, at + 5))
  }

  /** @returns false if it finds a \u escape, which is rare in payloads */
  #unescape(): boolean {
    const start = this.#starts[PAYLOAD]
    const end = this.#ends[PAYLOAD]
    if (this.item.length < end - start) this.item = Buffer.allocUnsafeSlow(2 * (end - start))
    const {item} = this
    const member = this.#member
    let to = 0
    for (let from = start + 1; from < end - 1; from++) {
      let byte = member[from]
      if (byte === BACKSLASH) byte = ESCAPED[member[++from]]
      if (byte === 0) return false
      item[to++] = byte
    }
    this.itemEnd = to
    return true
  }
}

/** The bytes of a number. */
const NUMERIC = new Uint8Array(256)
for (const byte of Buffer.from('+-.0123456789Ee')) NUMERIC[byte] = 1

const HEX = /^[0-9a-f]{4}$/i

/** The character after a backslash → the character it stands for; 0 for `u`. */
const ESCAPED = new Uint8Array(256)
for (const [letter, meant] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  ESCAPED[letter.charCodeAt(0)] = meant.charCodeAt(0)
}
