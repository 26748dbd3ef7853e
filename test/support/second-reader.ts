/** Deepest nesting of an item, as documented in docs/records.md; the outermost object is level 1. */
const DEPTH = 64

/** Largest item, in bytes, as documented in docs/records.md. */
const SIZE = 1024 * 1024

/**
 * Whether these bytes are an item: one JSON object whose characters and keys can all be stored unchanged. It shares no
 * code with qtool, and is slow because it builds every value.
 */
export function isItem(bytes: Buffer): boolean {
  return bytes.length <= SIZE && isItemText(bytes)
}

function isItemText(bytes: Buffer): boolean {
  let text: string
  try {
    text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  } catch {
    return false
  }
  return depthOf(text) <= DEPTH && !stringsOf(text).some(isNotText) && repeatedKeyOf(text) === undefined
}

/** The strings of a valid JSON text as written, including keys, and the punctuation between them. */
function tokensOf(text: string): string[] {
  return text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gs) ?? []
}

function stringsOf(text: string): string[] {
  return tokensOf(text)
    .filter((token) => token.startsWith('"'))
    .map((token) => JSON.parse(token))
}

function isNotText(string: string): boolean {
  return string.includes('\0') || /[\ud800-\udfff]/u.test(string)
}

function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (const token of tokensOf(text)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth)
    if (token === '}' || token === ']') depth--
  }
  return deepest
}

/** A key that one object of a valid JSON text gives twice, or undefined. */
export function repeatedKeyOf(text: string): string | undefined {
  const open: Array<Set<string>> = []
  const tokens = tokensOf(text)
  for (const [i, token] of tokens.entries()) {
    if (token === '{' || token === '[') open.push(new Set())
    if (token === '}' || token === ']') open.pop()
    if (!token.startsWith('"') || tokens[i + 1] !== ':') continue
    const key: string = JSON.parse(token)
    const keys = open.at(-1)
    if (keys?.has(key)) return key
    keys?.add(key)
  }
  return undefined
}
