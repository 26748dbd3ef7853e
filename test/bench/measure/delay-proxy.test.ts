import {once} from 'node:events'
import {type AddressInfo, connect, createServer, type Server, type Socket} from 'node:net'
import {Readable} from 'node:stream'
import {setImmediate as turn} from 'node:timers/promises'
import {afterEach, expect, it} from 'vitest'
import {type DelayProxy, startDelayProxy} from '../../../src/bench/measure/delay-proxy.ts'

const RTT_MS = 400

const open: {server?: Server; proxy?: DelayProxy; sockets: Socket[]} = {sockets: []}

afterEach(async () => {
  for (const socket of open.sockets.splice(0)) socket.destroy()
  await open.proxy?.close()
  open.server?.close()
})

/** Connects a client to a server through the proxy. */
async function connectTo(serve: (socket: Socket) => void, rttMs = RTT_MS): Promise<Socket> {
  const server = createServer({allowHalfOpen: true, noDelay: true}, (socket) => {
    socket.on('error', () => {})
    open.sockets.push(socket)
    serve(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const proxy = await startDelayProxy({host: '127.0.0.1', port, rttMs})
  Object.assign(open, {server, proxy})
  const client = connect({port: proxy.port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true})
  open.sockets.push(client)
  await once(client, 'connect')
  return client
}

const echo = (socket: Socket) => void socket.pipe(socket)

async function read(socket: Socket, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of socket.iterator({destroyOnReturn: false})) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= bytes) break
  }
  return Buffer.concat(chunks)
}

/** Resolves even after an error, which `once` would throw. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))

it('adds its round trip once to a pipeline of 100, each a packet of its own, and keeps the order', async () => {
  const client = await connectTo(echo)
  const texts = Array.from({length: 100}, (_, i) => `PING ${i}\n`)
  const started = performance.now()
  const replies = read(client, texts.join('').length)
  for (const text of texts) {
    client.write(text)
    await turn()
  }
  expect((await replies).toString()).toBe(texts.join(''))
  const took = performance.now() - started
  // Timers have a resolution of 1 ms, in either direction. One after the other, the texts would take 100 round trips
  expect(took).toBeGreaterThan(RTT_MS - 3)
  expect(took).toBeLessThan(3 * RTT_MS)
})

it('adds it to each round trip that waits for the one before', async () => {
  const client = await connectTo(echo, 60)
  const started = performance.now()
  for (let i = 0; i < 5; i++) {
    const reply = read(client, 4)
    client.write('PING')
    await reply
  }
  expect(performance.now() - started).toBeGreaterThan(5 * 60 - 15)
})

it('passes large replies on to a reader that is slow, and stops the server meanwhile', async () => {
  const piece = Buffer.alloc(64 * 1024, 'abcdefg')
  const pieces = 1024
  let taken = 0
  const reply = function* () {
    for (; taken < pieces; taken++) yield piece
  }
  const client = await connectTo((socket) => void Readable.from(reply()).pipe(socket), 2)
  client.pause()
  // Waits until the socket buffers and the line are full
  for (let before = -1; taken === 0 || taken !== before; ) {
    before = taken
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  expect(taken).toBeLessThan(pieces / 2)
  const received = await read(client, pieces * piece.length)
  expect(received.equals(Buffer.concat(Array(pieces).fill(piece)))).toBe(true)
})

it('lets one side end and the other go on', async () => {
  const client = await connectTo((socket) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('end', () => socket.end(`got ${text}`))
  }, 20)
  client.end('all')
  const chunks: Buffer[] = []
  for await (const chunk of client) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('got all')
})

// Again if it fails: a client that writes once more after the end may be reset before it has read, which TCP allows
it('delivers the last words of a server that hangs up, also to a client that still talks', {
  retry: 2,
}, async () => {
  const client = await connectTo((socket) => {
    socket.once('data', () => {
      socket.write('-ERR max number of clients reached\r\n', () => socket.destroy())
    })
  }, 20)
  client.on('error', () => {})
  client.write('AUTH')
  const talk = setInterval(() => client.writable && client.write('PING'), 1)
  const ended = closed(client)
  expect((await read(client, 36)).toString()).toBe('-ERR max number of clients reached\r\n')
  client.end()
  await ended.finally(() => clearInterval(talk))
})

it('resets the client when the server does', async () => {
  const client = await connectTo((socket) => {
    socket.once('data', () => socket.resetAndDestroy())
  }, 20)
  client.write('x')
  const [error] = await once(client, 'error')
  expect(error).toMatchObject({code: 'ECONNRESET'})
})

it('resets the client where there is no server', async () => {
  const proxy = await startDelayProxy({host: '127.0.0.1', port: 1, rttMs: 20})
  const client = connect(proxy.port, '127.0.0.1')
  const [error] = await once(client, 'error')
  expect(error).toMatchObject({code: 'ECONNRESET'})
  await proxy.close()
})

it('tells the server when the client is gone, and closes with connections open', async () => {
  let gone: Promise<unknown> | undefined
  const client = await connectTo((socket) => {
    echo(socket)
    gone = closed(socket)
  }, 20)
  const reply = read(client, 1)
  client.write('x')
  await reply
  client.resetAndDestroy()
  await gone
  const {proxy} = open
  if (!proxy) throw new Error('no proxy')
  const other = connect(proxy.port, '127.0.0.1')
  other.on('error', () => {})
  await once(other, 'connect')
  const ended = closed(other)
  await proxy.close()
  await ended
})
