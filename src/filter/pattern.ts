import type {Pattern} from './expression.ts'

/** Whether a text fits a pattern. Goes through the text once for each piece, whatever the pattern. */
export function fits(pattern: Pattern, text: string): boolean {
  const [first] = pattern
  if (pattern.length === 1) return text === first
  const last = pattern[pattern.length - 1]
  const end = text.length - last.length
  let at = first.length
  if (at > end || !text.startsWith(first) || !text.endsWith(last)) return false
  for (let i = 1; i < pattern.length - 1; i++) {
    const found = text.indexOf(pattern[i], at)
    if (found < 0) return false
    at = found + pattern[i].length
  }
  return at <= end
}
