import stringWidth from 'string-width'

export interface Wrapping {
  /** Columns of the terminal. */
  width: number
  /** What the first line begins with. */
  first: string
  /** What the others begin with. */
  rest: string
}

/** Breaks a text between its words, so that no line is wider than it may be, unless a single word is. */
export function wrapped(text: string, {width, first, rest}: Wrapping): string {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of text.split(' ')) {
    if (!isEmpty && stringWidth(line) + 1 + stringWidth(word) > width) {
      lines.push(line)
      line = rest
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line].join('\n')
}
