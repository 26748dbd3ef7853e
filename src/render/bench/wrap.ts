import stringWidth from 'string-width'

/** Breaks between words; lines after the first begin with `indent` spaces. A longer word has a line of its own. */
export function wrap(text: string, width: number, indent = 2): string {
  return join(text.split(' '), {width, indent, gap: ' '})
}

/** Puts parts one after the other, each of them on one line where it fits. */
export function flow(parts: string[], width: number): string {
  const lines = join(parts, {width, indent: 0, gap: '   '}).split('\n')
  return lines.map((line) => wrap(line, width)).join('\n')
}

function join(parts: string[], {width, indent, gap}: {width: number; indent: number; gap: string}): string {
  const lines: string[] = []
  for (const part of parts) {
    const line = lines.at(-1)
    if (line !== undefined && stringWidth(line) + gap.length + stringWidth(part) <= width) {
      lines[lines.length - 1] = `${line}${gap}${part}`
    } else {
      lines.push(lines.length === 0 ? part : `${' '.repeat(indent)}${part}`)
    }
  }
  return lines.join('\n')
}
