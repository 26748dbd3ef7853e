/**
 * Id and address of a connection; the id alone is not unique, since a restarted server starts again with the same
 * ids.
 */
export interface ClientName {
  id: string
  addr: string
}

/** Parses the reply of CLIENT INFO: `id=7 addr=127.0.0.1:40000 laddr=…` */
export function nameOf(info: unknown): ClientName {
  const [, id, addr] = /^id=(\d+) addr=(\S+)/.exec(String(info)) ?? []
  if (id === undefined || addr === undefined) {
    throw new Error(`expected CLIENT INFO to begin with id and addr, got ${String(info).slice(0, 80)}`)
  }
  return {id, addr}
}
