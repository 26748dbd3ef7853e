/** Most paths, and levels of nesting, that are worth offering. */
const MOST = 100
const DEPTH = 5

/** A name that can be typed without quotes. */
const PLAIN = /^[\p{L}_][\p{L}\p{N}_-]*$/u

/**
 * Paths of the values in some JSON texts, e.g. `device.id`, in the order in which they are found. What is no JSON, and
 * names that would need quotes, are left out.
 */
export function payloadPaths(texts: readonly string[]): string[] {
  const paths = new Set<string>()
  for (const text of texts) collect(parse(text), [], paths)
  return [...paths]
}

function collect(value: unknown, at: readonly string[], paths: Set<string>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || at.length === DEPTH) {
    if (at.length > 0 && paths.size < MOST) paths.add(at.join('.'))
    return
  }
  for (const [name, inner] of Object.entries(value))
    if (PLAIN.test(name)) collect(inner, [...at, name], paths)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
