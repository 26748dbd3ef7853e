/** A terminal that knows these shows all that is between them at once; others ignore them. */
const BEGIN = '\x1b[?2026h'
const END = '\x1b[?2026l'

const REST_OF_LINE = '\x1b[K'
const REST_OF_SCREEN = '\x1b[J'

/**
 * What is written to replace the view before, whose last line has the cursor below it: the lines that
 * differ, and nothing of the others, so that a slow connection carries little.
 */
export function redrawn(before: readonly string[], now: readonly string[]): string {
  let text = before.length > 0 ? `\x1b[${before.length}A\r` : ''
  for (const [i, line] of now.entries()) {
    if (i >= before.length || line !== before[i]) text += `${line}${REST_OF_LINE}`
    text += '\r\n'
  }
  const rest = before.length > now.length ? REST_OF_SCREEN : ''
  return `${BEGIN}${text}${rest}${END}`
}
