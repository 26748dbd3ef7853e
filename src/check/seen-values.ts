const INTEGER = /^-?(?:0|[1-9]\d*)$/
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const DATE = /^\d{4}-\d\d-\d\d$/
const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)?$/

/** Most bytes of a value that are looked at. */
const LOOKED_AT = 200

type Look = 'boolean' | 'integer' | 'number' | 'uuid' | 'date' | 'time' | 'text' | 'json'

type EpochUnit = 's' | 'ms' | 'us' | 'ns'

const LARGEST_INT4 = 2n ** 31n - 1n
const LARGEST_INT8 = 2n ** 63n - 1n

/** What the values of one key or column look like, whatever their number. */
export class SeenValues {
  readonly #looks = new Set<Look>()
  /** The magnitude of the largest integer; beyond bigint, one more than it can hold. */
  #largest = 0n
  /** The units in which the numbers are times of our days. */
  readonly #units = new Set<EpochUnit>()

  /** Looks at a JSON token. @param asNumber a text that is a number counts as one, for columns of numbers */
  add(bytes: Buffer, start: number, end: number, asNumber: boolean): void {
    const first = bytes[start]
    if (first === 0x6e) return
    if (first === 0x7b || first === 0x5b) this.#looks.add('json')
    else if (first === 0x74 || first === 0x66) this.#looks.add('boolean')
    else if (first === 0x22)
      this.#text(bytes.toString('utf8', start + 1, Math.min(end - 1, start + LOOKED_AT)), asNumber)
    else this.#number(bytes.toString('latin1', start, Math.min(end, start + LOOKED_AT)))
  }

  #text(text: string, asNumber: boolean): void {
    if (asNumber && NUMBER.test(text)) this.#number(text)
    else if (UUID.test(text)) this.#looks.add('uuid')
    else if (DATE.test(text)) this.#looks.add('date')
    else if (TIME.test(text)) this.#looks.add('time')
    else this.#looks.add('text')
  }

  #number(text: string): void {
    this.#units.add(unitOf(text))
    if (!INTEGER.test(text)) {
      this.#looks.add('number')
      return
    }
    this.#looks.add('integer')
    const magnitude = text.length > 20 ? LARGEST_INT8 + 1n : BigInt(text.replace('-', ''))
    if (magnitude > this.#largest) this.#largest = magnitude
  }

  /** The unit of the numbers, if they are times since 1970; undefined if there is none, or not one for all. */
  get epochUnit(): EpochUnit | undefined {
    return this.#units.size === 1 ? [...this.#units][0] : undefined
  }

  /** The narrowest type of Postgres that takes all of them; undefined if there was none but null. */
  get type(): string | undefined {
    const looks = this.#looks
    if (looks.size === 0) return undefined
    if (looks.has('json')) return 'jsonb'
    const only = (...some: Look[]) => [...looks].every((look) => some.includes(look))
    if (only('boolean')) return 'boolean'
    if (only('integer')) return this.#integer()
    if (only('integer', 'number')) return 'numeric'
    if (only('uuid')) return 'uuid'
    if (only('date')) return 'date'
    if (only('date', 'time')) return 'timestamp with time zone'
    return 'text'
  }

  #integer(): string {
    if (this.#largest <= LARGEST_INT4) return 'integer'
    return this.#largest <= LARGEST_INT8 ? 'bigint' : 'numeric'
  }
}

/** The unit in which times of our days have so many digits before the point. */
function unitOf(number: string): EpochUnit {
  const digits = Math.floor(Math.log10(Math.abs(Number(number)) || 1)) + 1
  if (digits <= 11) return 's'
  if (digits <= 14) return 'ms'
  return digits <= 17 ? 'us' : 'ns'
}
