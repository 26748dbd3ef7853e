import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {request as httpsRequest} from 'node:https'
import {createConnection, type Socket} from 'node:net'
import {afterEach, expect, it} from 'vitest'
import {newCertificates} from '../support/certificates.ts'
import {until} from '../support/cli.ts'
import {startServe, type TestApi, TOKEN} from '../support/serve.ts'

const started: TestApi[] = []
const start = async (options?: Parameters<typeof startServe>[0]) => {
  const api = await startServe(options)
  started.push(api)
  return api
}
afterEach(async () => {
  for (const api of started.splice(0)) await api.stop()
})

it('refuses an address that other machines reach without a token of its own', async () => {
  await expect(start({host: '0.0.0.0', env: {}})).rejects.toMatchObject({code: 'USAGE', kind: 'usage'})
})

it.each(['short', 'with a blank in between', 'x'.repeat(15)])(
  'refuses %j as a token',
  async (QTOOL_TOKEN) => {
    await expect(start({env: {QTOOL_TOKEN}})).rejects.toThrow(/QTOOL_TOKEN to be at least 16/)
  },
)

it('makes a token that nobody can guess if it was given none', async () => {
  const tokens: Array<string | undefined> = []
  for (let i = 0; i < 2; i++) {
    let token: string | undefined
    const api = await startServe({
      env: {},
      onListening: ({madeToken}) => {
        token = madeToken
      },
      signal: AbortSignal.timeout(50),
    }).catch(() => undefined)
    tokens.push(token)
    await api?.stop()
  }
  expect(tokens[0]).toMatch(/^[\w-]{32}$/)
  expect(tokens[1]).not.toBe(tokens[0])
})

it('serves HTTPS with the files that it is given', async () => {
  const {ca, pair, remove} = certificates()
  const api = await start({tls: pair})
  expect(api.url).toMatch(/^https:/)
  const options = {host: '127.0.0.1', port: api.port, path: '/readyz', ca: readFileSync(ca), agent: false}
  const [response] = await once(httpsRequest(options).end(), 'response')
  expect(response.statusCode).toBe(200)
  response.resume()
  remove()
})

it('says what is wrong with a certificate', async () => {
  const {ca, pair, remove} = certificates()
  await expect(start({tls: {cert: ca, key: pair.key}})).rejects.toThrow(
    /cannot use the certificate .* with the key/,
  )
  await expect(start({tls: {cert: '/nowhere', key: pair.key}})).rejects.toThrow(
    /cannot read the file of --tls-cert/,
  )
  remove()
})

it('warns that an address that others reach is not encrypted', async () => {
  const api = await start({host: '0.0.0.0'})
  expect(api.notes.join()).toMatch(/WARNING.*unencrypted/)
})

it('refuses what one address sends beyond its rate, and says when to come back', async () => {
  const api = await start({rate: 5})
  const answers = []
  for (let i = 0; i < 10; i++) answers.push(await api.ask('/audit'))
  const refused = answers.find(({status}) => status === 429)
  expect([refused?.json.error.code, refused?.headers['retry-after']]).toEqual(['TOO_MANY', '1'])
  expect((await api.ask('/healthz')).status).toBe(200)
})

it('says which port is taken', async () => {
  const api = await start()
  await expect(start({port: api.port})).rejects.toMatchObject({code: 'LISTEN', kind: 'usage'})
})

it('serves on while a thousand connections say nothing', async () => {
  const api = await start()
  const sockets = await Promise.all(Array.from({length: 1000}, () => connect(api.port)))
  expect((await api.ask('/health')).status).toBe(200)
  for (const socket of sockets) socket.destroy()
})

it('refuses a body over a MiB', async () => {
  const api = await start()
  const type = {'content-type': 'application/json'}
  const {status, json} = await api.ask('/queue/nobody/resume', {
    method: 'POST',
    headers: type,
    body: Buffer.alloc(1_048_577, 0x20),
  })
  expect([status, json.error.code]).toEqual([413, 'BODY_TOO_LARGE'])
})

it('ends a request whose body drips in', async () => {
  const api = await start({bodyMs: 100})
  const held = await hold(api.port, 1000)
  const drip = setInterval(() => held.socket.write(' '), 20)
  expect(await held.answer).toMatch(/^HTTP\/1\.1 408 .*SLOW_BODY/s)
  clearInterval(drip)
})

it('refuses more requests than it handles at a time, and says when to come back', async () => {
  const api = await start({maxRequests: 2})
  const held = [await hold(api.port), await hold(api.port)]
  const {status, headers, json} = await api.ask('/health')
  expect([status, headers['retry-after'], json.error.code]).toEqual([503, '1', 'BUSY'])
  expect((await api.ask('/healthz')).status).toBe(200)
  held[0].socket.end('}')
  await held[0].answer
  await until(async () => (await api.ask('/health')).status === 200)
  held[1].socket.destroy()
})

it('lets requests end when it is told to stop, and tells supervisors that it lives', async () => {
  const api = await start()
  const held = await hold(api.port)
  const stopping = api.stop()
  await until(async () => (await api.ask('/readyz')).status === 503)
  expect((await api.ask('/healthz')).json).toEqual({status: 'alive', draining: true})
  const {status, headers, json} = await api.ask('/health')
  expect([status, headers['retry-after'], headers.connection, json.error.code]).toEqual([
    503,
    '1',
    'close',
    'DRAINING',
  ])
  held.socket.write('}')
  expect(await held.answer).toMatch(/^HTTP\/1\.1 404 /)
  expect(await stopping).toMatchObject({cutOff: 0})
})

it('cuts off what does not end within the grace period', async () => {
  const api = await start({graceMs: 50})
  const held = await hold(api.port)
  expect(await api.stop()).toMatchObject({cutOff: 1})
  await held.answer
})

function certificates() {
  const made = newCertificates()
  return {...made, pair: made.issue('qtool', 'IP:127.0.0.1')}
}

/** Sends a request whose body lacks its last byte, and waits until the server has it. */
async function hold(port: number, length = 2): Promise<{socket: Socket; answer: Promise<string>}> {
  const socket = await connect(port)
  const head = `POST /queue/nobody/resume HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${TOKEN}\r\n`
  socket.write(
    `${head}Content-Type: application/json\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`,
  )
  const [first] = await once(socket, 'data')
  expect(String(first)).toMatch(/^HTTP\/1\.1 100 /)
  socket.write('{')
  return {socket, answer: textOf(socket)}
}

async function textOf(socket: Socket): Promise<string> {
  let text = ''
  try {
    for await (const chunk of socket) text += chunk
  } catch {
    // The server, or the test itself, has closed the connection
  }
  return text
}

function connect(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
  })
}
