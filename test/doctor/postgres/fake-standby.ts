import pg from 'pg'

/** What the driver does not declare of a connection that streams. */
interface Streaming {
  connection: {sendCopyFromChunk(chunk: Buffer): void; once(event: string, then: () => void): void}
}

/**
 * Connects as a standby that has received, flushed and replayed everything, so that commits that wait for it go on.
 * @returns a function that ends it
 */
export async function startFakeStandby(url: string, name: string): Promise<() => Promise<void>> {
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    replication: 'true',
  } as pg.ClientConfig)
  client.on('error', () => {})
  await client.connect()
  const {rows} = await client.query('IDENTIFY_SYSTEM')
  const {connection} = client as unknown as Streaming
  const started = new Promise<void>((resolve) => connection.once('replicationStart', resolve))
  client.query(`START_REPLICATION PHYSICAL ${rows[0].xlogpos}`).catch(() => {})
  await started
  const report = () => connection.sendCopyFromChunk(status(rows[0].xlogpos))
  report()
  const timer = setInterval(report, 50)
  return async () => {
    clearInterval(timer)
    client.connection.stream.destroy()
  }
}

/** A standby status update: written, flushed and applied up to here, sent at no time in particular. */
function status(position: string): Buffer {
  const [high, low] = position.split('/').map((part) => Number.parseInt(part, 16))
  const message = Buffer.alloc(34)
  message.write('r')
  for (const offset of [1, 9, 17]) {
    message.writeUInt32BE(high, offset)
    message.writeUInt32BE(low, offset + 4)
  }
  return message
}
