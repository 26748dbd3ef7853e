import {createHash} from 'node:crypto'

/** Past this number, at 16 MB, it forgets what it has seen; identical items far apart are then counted twice. */
const MOST_SEEN = 1_500_000

/** Finds identical items by 52 bits of their SHA-256: with a million items, one run in 9,000 confuses two of them. */
export class SeenItems {
  #slots = new Float64Array(1024)
  #count = 0

  /** @returns false if it was already there */
  add(item: Buffer): boolean {
    const hash = createHash('sha256').update(item).digest()
    const isNew = this.#put(hash.readUInt32LE(0) * 2 ** 20 + (hash.readUInt32LE(4) >>> 12) || 1)
    if (isNew) this.#count++
    if (this.#count > MOST_SEEN) this.#start(1024)
    else if (this.#count * 4 > this.#slots.length * 3) this.#grow()
    return isNew
  }

  /** Open addressing; 0 is an empty slot. */
  #put(mark: number): boolean {
    const slots = this.#slots
    let at = mark % slots.length
    while (slots[at] !== 0) {
      if (slots[at] === mark) return false
      at = at + 1 === slots.length ? 0 : at + 1
    }
    slots[at] = mark
    return true
  }

  #grow(): void {
    const marks = this.#slots
    this.#slots = new Float64Array(marks.length * 2)
    for (const mark of marks) if (mark !== 0) this.#put(mark)
  }

  #start(size: number): void {
    this.#slots = new Float64Array(size)
    this.#count = 0
  }
}
