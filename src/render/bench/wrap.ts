import stringWidth from 'string-width'

/** Breaks lines between words; all but the first begin with `indent` spaces. A too long word gets its own line. */
export function wrap(text: string, width: number, indent = 2): string {
  return join(text.split(' '), {width, indent, gap: ' '})
}

/** Puts parts one after the other, and breaks a part only if it is longer than a line. */
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
