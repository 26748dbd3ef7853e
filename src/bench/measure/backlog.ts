/** First in, first out, of numbers: an array that shifts moves all that is left in it. */
export class Backlog {
  #values: number[] = []
  #head = 0

  get length(): number {
    return this.#values.length - this.#head
  }

  push(value: number): void {
    this.#values.push(value)
  }

  shift(): number | undefined {
    if (this.length === 0) return undefined
    const value = this.#values[this.#head++]
    if (this.#head > 1024 && this.#head * 2 > this.#values.length) {
      this.#values = this.#values.slice(this.#head)
      this.#head = 0
    }
    return value
  }
}
