/** One event of a stream. */
export interface StreamEvent {
  /** `message` if the stream does not name it. */
  event: string
  data: string
}

/** Reads an event stream piece by piece. Comments keep the connection alive, and are not events. */
export class EventReader {
  #rest = ''

  /** @returns the events that are whole by now */
  read(text: string): StreamEvent[] {
    const blocks = (this.#rest + text).split(/\r?\n\r?\n/)
    this.#rest = blocks.pop() ?? ''
    return blocks.flatMap(readBlock)
  }
}

function readBlock(block: string): StreamEvent[] {
  const data: string[] = []
  let event = 'message'
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^(\w+):? ?(.*)$/.exec(line) ?? []
    if (field === 'data') data.push(value)
    if (field === 'event') event = value
  }
  return data.length === 0 ? [] : [{event, data: data.join('\n')}]
}
