import {connect} from 'node:net'

/** A request for encryption: length 8, then the code that the protocol reserves for it. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/**
 * Asks a Postgres, or PgBouncer, whether it answers at all, over a connection of its own and without a login.
 * @returns once it has answered; never if it does not
 */
export async function askPostgres(host = 'localhost', port = 5432): Promise<void> {
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect({host, port})
  socket.unref()
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => socket.write(SSL_REQUEST))
    socket.once('data', () => resolve())
    socket.once('error', reject)
    setTimeout(() => socket.destroy(), ASK_MS).unref()
  }).finally(() => socket.destroy())
}

const ASK_MS = 5000
