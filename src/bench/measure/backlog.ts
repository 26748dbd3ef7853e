/** A FIFO queue of numbers: the shift of an array moves all the elements that remain. */
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
