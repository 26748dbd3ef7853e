import {once} from 'node:events'
import {type AddressInfo, connect, createServer, type Server, type Socket} from 'node:net'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {type FaultProxy, startProxy} from './support/proxy.ts'

let server: Server
let proxy: FaultProxy
let arrived = ''

beforeEach(async () => {
  arrived = ''
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      arrived += chunk
      socket.write(chunk)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await startProxy((server.address() as AddressInfo).port)
})

afterEach(async () => {
  await proxy.close()
  server.close()
  await once(server, 'close')
})

async function open(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** Reads at least this many bytes. */
async function read(socket: Socket, bytes: number): Promise<string> {
  let text = ''
  while (text.length < bytes) text += (await once(socket, 'data'))[0]
  return text
}

const reset = async (socket: Socket) => (await once(socket, 'error'))[0].code

it('passes everything on, also slowly and in small pieces', async () => {
  const socket = await open()
  const large = 'x'.repeat(5_000_000)
  const reply = read(socket, large.length)
  socket.write(large)
  expect(await reply).toBe(large)
  proxy.dribble(1)
  proxy.delay(5)
  const small = read(socket, 20)
  socket.write('y'.repeat(20))
  expect(await small).toBe('y'.repeat(20))
  expect(proxy.connections).toBe(1)
  socket.end()
  await once(socket, 'close')
})

it('resets connections, and refuses new ones', async () => {
  const first = await open()
  const echoed = read(first, 1)
  first.write('a')
  await echoed
  const ended = reset(first)
  proxy.cut()
  expect(await ended).toBe('ECONNRESET')
  proxy.refuse(true)
  expect(await reset(connect(proxy.port, '127.0.0.1'))).toBe('ECONNRESET')
})

it('cuts before a request, also one in two packets, as often as told', async () => {
  const fired = proxy.onRequest('KILL', 'cut', 2)
  for (const second of [false, true]) {
    const socket = await open()
    const echoed = read(socket, 3)
    socket.write('aKI')
    await echoed
    const ended = reset(socket)
    socket.write('LL')
    expect(await ended, String(second)).toBe('ECONNRESET')
  }
  await fired
  expect(arrived).toBe('aKIaKI')
})

it('cuts after a request was executed, its reply lost', async () => {
  const fired = proxy.onRequest(Buffer.from('KILL'), 'cut-after-reply')
  const socket = await open()
  const ended = reset(socket)
  socket.write('KILL')
  expect(await ended).toBe('ECONNRESET')
  await fired
  expect(arrived).toBe('KILL')
})

it('swallows replies of one connection, or of all', async () => {
  const fired = proxy.onRequest('KILL', 'swallow-reply')
  const [mute, other] = [await open(), await open()]
  mute.write('KILL')
  await fired
  const echoed = read(other, 1)
  other.write('a')
  expect(await echoed).toBe('a')
  proxy.blackhole('replies')
  other.write('b')
  proxy.blackhole(false)
  expect(mute.bytesRead).toBe(0)
  for (const socket of [mute, other]) socket.destroy()
})

it('leaves no connection open at its end, even one whose client left during a black hole', async () => {
  const passed = once(server, 'connection')
  const socket = await open()
  const [other] = await passed
  proxy.blackhole(true)
  socket.resetAndDestroy()
  const ended = new Promise((resolve) => other.once('close', resolve))
  while (proxy.connections > 0) await new Promise(setImmediate)
  await proxy.close()
  await ended
})
