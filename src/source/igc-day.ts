/**
 * The date, written by the flight recorder (F), the observer (O) or the pilot (P): `HFDTE010724`,
 * `HFDTEDATE:010724,01`, `HFDTE: 010724`.
 */
const DATE = /^H[FOP]DTE(?:\s*DATE)?[\s:]*(\d{2})(\d{2})(\d{2})/

/** A step back in the time of day by more than this is a new day. */
const HALF_DAY_S = 12 * 3600
const DAY_S = 24 * 3600
const DAY_MS = 86_400_000

/**
 * Before its first lock a recorder writes the time of its own clock, which may be any: 23:59:59, then the time of the
 * flight. Until then, only a step over midnight that is shorter than this is a new day.
 */
const LOCK_S = 3600

/** Finds the day of each fix from the header, which names the day of the first one, and from the times of day. */
export class IgcDay {
  readonly #now: number
  #headerDay: number | undefined
  #day: number | undefined
  /** Second of the day of the previous fix. */
  #second: number | undefined
  #hadLock = false

  /** @param now ms since 1970 */
  constructor(now: number) {
    this.#now = now
  }

  /** Takes a date line; one with a date that does not exist is ignored. */
  header(text: string): void {
    const match = DATE.exec(text)
    if (!match) return
    const [day, month, year] = match.slice(1).map(Number)
    // The year has two digits: a recorder without a clock writes 1970, and none has recorded the future
    const recent = Date.UTC(2000 + year, month - 1, day)
    const time = recent > this.#now + DAY_MS ? Date.UTC(1900 + year, month - 1, day) : recent
    const isReal = new Date(time).getUTCDate() === day && month >= 1 && month <= 12
    // A recorder that repeats its header after midnight does not mean the day before
    if (!isReal || time === this.#headerDay) return
    this.#headerDay = time
    this.#day = time
    this.#second = undefined
  }

  /**
   * YYYY-MM-DD of the next fix; undefined without a header.
   * @param second of the day
   * @param hasLock whether the fix is valid (A), with the time of the satellites
   */
  of(second: number, hasLock: boolean): string | undefined {
    if (this.#day === undefined) return undefined
    const step = second - (this.#second ?? second)
    const isNewDay = step < -HALF_DAY_S && (this.#hadLock || step + DAY_S < LOCK_S)
    if (isNewDay) this.#day += DAY_MS
    // A late fix of the day before
    else if (step > HALF_DAY_S && this.#day !== this.#headerDay) this.#day -= DAY_MS
    this.#second = second
    this.#hadLock ||= hasLock
    return new Date(this.#day).toISOString().slice(0, 10)
  }
}
