import type {OwnServer} from './own-server.ts'

/** What GET /server says, as far as it is used here. */
interface ServerSays {
  answered: Record<string, number>
  pools: {producers: {inUse: number; max: number; waiting: number}}
}

export async function askServer({url, token}: OwnServer): Promise<ServerSays> {
  const reply = await fetch(`${url}/server`, {headers: {authorization: `Bearer ${token}`}})
  if (!reply.ok) throw new Error(`GET /server was answered with ${reply.status}`)
  return (await reply.json()) as ServerSays
}
