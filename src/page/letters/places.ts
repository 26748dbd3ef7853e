/** Address of one letter. @param where the filter that led there, so that the way back leads to the same list */
export function toLetter(queue: string, id: string, where = ''): `#${string}` {
  const query = where && `?${new URLSearchParams({where})}`
  return `#/queue/${encodeURIComponent(queue)}/dead-letters/${encodeURIComponent(id)}${query}`
}

/** A path of the API below a queue, e.g. `dead-letters/groups`. Parameters that are empty are left out. */
export function ofQueue(queue: string, path: string, query: Record<string, string | number> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `queue/${encodeURIComponent(queue)}/${path}${search && `?${search}`}`
}
