/** Where the user is: what follows `#` in the address. */
export interface Place {
  /** e.g. `/queue/orders/dead-letters`, as the address has it. */
  path: string
  /** The named parts of the path, decoded: `{queue: 'orders'}`. */
  names: Record<string, string>
  /** What follows `?`: for lists of letters, `where`. */
  query: URLSearchParams
}

/** Reads `#/queue/orders?x=1`. @param pattern e.g. `/queue/:queue` @returns undefined if it is another place */
export function matchPlace(pattern: string, hash: string): Place | undefined {
  const [path, search = ''] = splitOnce(hash.replace(/^#/, '') || '/', '?')
  const wanted = pattern.split('/')
  const parts = path.split('/')
  if (wanted.length !== parts.length) return undefined
  const names: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    if (part.startsWith(':')) names[part.slice(1)] = decode(parts[i])
    else if (part !== parts[i]) return undefined
  }
  return {path, names, query: new URLSearchParams(search)}
}

/** The addresses of the views. */
export const to = {
  overview: '#/',
  operations: '#/operations',
  server: '#/server',
  audit: '#/audit',
  queue: (queue: string) => `#/queue/${encodeURIComponent(queue)}`,
  /** @param where filter, as --where takes it; empty for all */
  letters: (queue: string, where = '') =>
    `#/queue/${encodeURIComponent(queue)}/dead-letters${where && `?${new URLSearchParams({where})}`}`,
  operation: (id: string) => `#/operations/${encodeURIComponent(id)}`,
} as const satisfies Record<string, `#${string}` | ((...texts: string[]) => `#${string}`)>

function splitOnce(text: string, sign: string): [string, string?] {
  const at = text.indexOf(sign)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** People edit addresses, so a `%` may stand for itself. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
