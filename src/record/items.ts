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

  /** @param lengths the lengths of the items as decimal numbers with commas between them */
  static fromLengths(bytes: Buffer, lengths: Buffer): Items {
    const starts: number[] = [0]
    let start = 0
    let length = 0
    for (const byte of lengths) {
      if (byte !== 0x2c) length = length * 10 + byte - 0x30
      else {
        start += length
        starts.push(start)
        length = 0
      }
    }
    if (lengths.length > 0) starts.push(start + length)
    return new Items(bytes, Uint32Array.from(starts))
  }

  static from(items: readonly Buffer[]): Items {
    const starts = new Uint32Array(items.length + 1)
    items.forEach((item, i) => {
      starts[i + 1] = starts[i] + item.length
    })
    return new Items(Buffer.concat(items), starts)
  }
}
