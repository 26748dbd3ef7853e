import {once} from 'node:events'
import {type AddressInfo, connect, createServer} from 'node:net'

/** A Redis that seems to know WAITAOF. */
export interface WithWaitAof {
  port: number
  /** What it replies from now on: a Lua value, e.g. `{1, 0}`. */
  reply(lua: string): void
  close(): void
}

const START = '*4\r\n$7\r\nWAITAOF\r\n'
const WHOLE = /\*4\r\n\$7\r\nWAITAOF\r\n\$\d+\r\n\d+\r\n\$\d+\r\n\d+\r\n\$\d+\r\n\d+\r\n/g

/**
 * Forwards to an older server, but for WAITAOF: each is replaced by a script that returns what the test wants, so that
 * the replies stay in order. It does not wait for any disk.
 */
export async function startWithWaitAof(targetPort: number): Promise<WithWaitAof> {
  let lua = '{1, 0}'
  const server = createServer((client) => {
    const to = connect(targetPort, '127.0.0.1')
    let held = ''
    client.on('data', (chunk) => {
      const script = `return ${lua}`
      const call = `*3\r\n$4\r\nEVAL\r\n$${script.length}\r\n${script}\r\n$1\r\n0\r\n`
      const text = `${held}${chunk.toString('latin1')}`.replaceAll(WHOLE, () => call)
      const end = heldFrom(text)
      held = text.slice(end)
      to.write(Buffer.from(text.slice(0, end), 'latin1'))
    })
    to.pipe(client)
    for (const [one, other] of [
      [client, to],
      [to, client],
    ]) {
      one.on('error', () => {})
      one.once('close', () => other.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    reply(value) {
      lua = value
    },
    close: () => void server.close(),
  }
}

/** Where a WAITAOF begins that has not arrived whole; the end of the text if there is none. */
function heldFrom(text: string): number {
  const whole = text.lastIndexOf(START)
  if (whole >= 0) return whole
  for (let size = Math.min(START.length - 1, text.length); size > 0; size--) {
    if (text.endsWith(START.slice(0, size))) return text.length - size
  }
  return text.length
}
