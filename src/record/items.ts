/** Items end to end in one buffer, which is far cheaper than thousands of buffers. */
export class Items {
  readonly bytes: Buffer
  /** Item i is `bytes[starts[i]..starts[i + 1]]`; one more start than items. */
  readonly starts: Uint32Array

  constructor(bytes: Buffer, starts: Uint32Array) {
    this.bytes = bytes
    this.starts = starts
  }

  get count(): number {
    return this.starts.length - 1
  }

  /** Exact bytes of an item. */
  item(index: number): Buffer {
    return this.bytes.subarray(this.starts[index], this.starts[index + 1])
  }

  static from(items: readonly Buffer[]): Items {
    const starts = new Uint32Array(items.length + 1)
    items.forEach((item, i) => {
      starts[i + 1] = starts[i] + item.length
    })
    return new Items(Buffer.concat(items), starts)
  }
}
