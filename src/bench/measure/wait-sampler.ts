import {Socket} from 'node:net'
import pg, {type Pool} from 'pg'
import type {WaitEvidence} from './evidence.ts'
import {within} from './within.ts'

/** What the backends of qtool are doing now. The sampler's own connection has another name and is not included. */
const WAITS = `SELECT state, wait_event_type AS type, wait_event AS event, count(*)::int AS backends
FROM pg_stat_activity
WHERE application_name = 'qtool' AND backend_type = 'client backend' AND datname = current_database()
GROUP BY 1, 2, 3`

/** Timeout of an answer, ms. */
const ANSWER_MS = 2000

interface WaitRow {
  state: string | null
  type: string | null
  event: string | null
  backends: number
}

export interface WaitSampler {
  sample(): Promise<void>
  result(): WaitEvidence
  close(): Promise<void>
}

/** Opens a connection of its own to the server behind `pool`. */
export async function openWaitSampler(pool: Pool): Promise<WaitSampler> {
  // The password is not enumerable, so copying the options would lose it
  const {options} = pool
  // One of the pool's sockets, so that it is closed with them if the server is given up
  const socket = options.stream?.() ?? new Socket()
  const client = new pg.Client({
    ...options,
    password: options.password,
    application_name: 'qtool evidence',
    query_timeout: ANSWER_MS,
    stream: () => socket,
  })
  client.on('error', () => {})
  await client.connect().catch((error: unknown) => {
    socket.destroy()
    throw error
  })
  let samples = 0
  let active = 0
  let idleInTransaction = 0
  const events = new Map<string, number>()
  const add = ({state, type, event, backends}: WaitRow) => {
    if (state?.startsWith('idle in transaction')) idleInTransaction += backends
    if (state !== 'active') return
    active += backends
    const name = type === null ? undefined : `${type} ${event}`
    if (name) events.set(name, (events.get(name) ?? 0) + backends)
  }
  return {
    async sample() {
      const {rows} = await client.query<WaitRow>(WAITS)
      samples++
      rows.forEach(add)
    },
    result() {
      const mean = (sum: number) => (samples === 0 ? 0 : sum / samples)
      return {
        active: mean(active),
        idleInTransaction: mean(idleInTransaction),
        events: Object.fromEntries([...events].map(([name, sum]) => [name, mean(sum)])),
      }
    },
    async close() {
      await within(ANSWER_MS, client.end())
      // A server that does not answer would keep this process alive
      socket.destroy()
    },
  }
}
