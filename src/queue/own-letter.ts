import {JsonScanner, Kind} from '../json/scanner.ts'

/** The fields of a letter in the order in which `deadLetterText` writes them, with what they are. */
const FIELDS = [
  {key: 'id', kind: Kind.String, isOptional: false},
  {key: 'queue', kind: Kind.String, isOptional: false},
  {key: 'reason', kind: Kind.String, isOptional: false},
  {key: 'code', kind: Kind.String, isOptional: false},
  {key: 'message', kind: Kind.String, isOptional: false},
  {key: 'detail', kind: Kind.String, isOptional: true},
  {key: 'column', kind: Kind.String, isOptional: true},
  {key: 'constraint', kind: Kind.String, isOptional: true},
  {key: 'failed_at', kind: Kind.String, isOptional: false},
  {key: 'attempts', kind: Kind.Number, isOptional: false},
  {key: 'score', kind: Kind.Number, isOptional: false},
  {key: 'payload', kind: Kind.String, isOptional: false},
  {key: 'history', kind: Kind.Array, isOptional: true},
].map((field) => ({...field, bytes: Buffer.from(field.key)}))

const REASON = 2
const MESSAGE = 4
const FAILED_AT = 8
const SCORE = 10
const PAYLOAD = 11
const HISTORY = 12

/** A score that stays as it is as a text: no exponent, so it is finite. */
const LONGEST_SCORE = 24

/**
 * Reads a letter that qtool wrote without building values: the places of what a replay needs. The arrays are used
 * again, so take what you need before the next call. Any other text is left to `Letter`, which is slower.
 */
export class OwnLetterReader {
  /** The payload, as its producer wrote it: `item[..itemEnd]`. */
  item: Buffer = Buffer.allocUnsafeSlow(64 * 1024)
  itemEnd = 0
  readonly #scanner = new JsonScanner()
  /** Of each field which member of the object it is, or -1. */
  readonly #at = new Int32Array(FIELDS.length)
  #member: Buffer = Buffer.alloc(0)

  /** @returns false where it is no such letter */
  read(member: Buffer): boolean {
    this.#member = member
    this.#scanner.open(member, member.length)
    if (this.#scanner.object(0) !== member.length || !this.#findFields()) return false
    const {start, end} = this.#place(SCORE)
    if (end - start > LONGEST_SCORE) return false
    for (let at = start; at < end; at++) if ((member[at] | 0x20) === 0x65) return false
    return this.#unescape()
  }

  get score(): {start: number; end: number} {
    return this.#place(SCORE)
  }

  /** As `historyText` writes it; undefined where it has failed before, and the oldest may have to go. */
  get history(): string | undefined {
    if (this.#at[HISTORY] >= 0) return undefined
    const from = this.#scanner.keyStart[this.#at[REASON]] - 1
    const failedAt = this.#place(FAILED_AT)
    const said = this.#member.toString('utf8', from, this.#place(MESSAGE).end)
    return `[{"failed_at":${this.#member.toString('latin1', failedAt.start, failedAt.end)},${said}}]`
  }

  #place(field: number): {start: number; end: number} {
    const member = this.#at[field]
    return {start: this.#scanner.valueStart[member], end: this.#scanner.valueEnd[member]}
  }

  #findFields(): boolean {
    let member = 0
    for (let field = 0; field < FIELDS.length; field++) {
      const {kind, bytes, isOptional} = FIELDS[field]
      const isThis = member < this.#scanner.count && this.#isKey(member, bytes)
      if (isThis ? this.#scanner.kind[member] !== kind : !isOptional) return false
      this.#at[field] = isThis ? member++ : -1
    }
    return member === this.#scanner.count
  }

  #isKey(member: number, key: Buffer): boolean {
    const start = this.#scanner.keyStart[member]
    if (this.#scanner.keyEnd[member] - start !== key.length) return false
    for (let i = 0; i < key.length; i++) if (this.#member[start + i] !== key[i]) return false
    return true
  }

  /** @returns false at a \u escape, which payloads seldom have */
  #unescape(): boolean {
    const {start, end} = this.#place(PAYLOAD)
    if (this.item.length < end - start) this.item = Buffer.allocUnsafeSlow(2 * (end - start))
    const {item} = this
    const member = this.#member
    let to = 0
    for (let from = start + 1; from < end - 1; from++) {
      let byte = member[from]
      if (byte === 0x5c) byte = ESCAPED[member[++from]]
      if (byte === 0) return false
      item[to++] = byte
    }
    this.itemEnd = to
    return true
  }
}

/** What stands behind a backslash → what it means; 0 for `u`. */
const ESCAPED = new Uint8Array(256)
for (const [letter, meant] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  ESCAPED[letter.charCodeAt(0)] = meant.charCodeAt(0)
}
