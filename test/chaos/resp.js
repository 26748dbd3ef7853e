// A separate RESP2 client, so that the checker shares no code with what it checks.
import {connect} from 'node:net'

/** Opens a connection; `call` resolves to Buffers, numbers, null or arrays. */
export function openResp(url) {
  const {hostname, port, username, password, pathname} = new URL(url)
  const socket = connect(Number(port || 6379), hostname)
  let bytes = Buffer.alloc(0)
  const waiting = []
  const fail = (error) => {
    for (const {reject} of waiting.splice(0)) reject(error)
  }
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('redis: connection closed')))
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk])
    for (let reply = parse(bytes, 0); reply; reply = parse(bytes, 0)) {
      bytes = bytes.subarray(reply.end)
      const {resolve, reject} = waiting.shift()
      if (reply.value instanceof Error) reject(reply.value)
      else resolve(reply.value)
    }
  })
  const call = (...args) =>
    new Promise((resolve, reject) => {
      waiting.push({resolve, reject})
      const parts = args.map((arg) => `$${Buffer.byteLength(String(arg))}\r\n${arg}\r\n`)
      socket.write(`*${args.length}\r\n${parts.join('')}`)
    })
  const first = []
  if (password) first.push(call('AUTH', ...(username ? [username] : []), decodeURIComponent(password)))
  if (pathname.length > 1) first.push(call('SELECT', pathname.slice(1)))
  return {call, ready: Promise.all(first), close: () => socket.destroy()}
}

function parse(bytes, at) {
  const line = bytes.indexOf('\r\n', at)
  if (line < 0) return undefined
  const text = bytes.toString('utf8', at + 1, line)
  const end = line + 2
  const kind = String.fromCharCode(bytes[at])
  if (kind === '+') return {value: text, end}
  if (kind === '-') return {value: new Error(text), end}
  if (kind === ':') return {value: Number(text), end}
  const size = Number(text)
  if (size < 0) return {value: null, end}
  return kind === '*' ? parseArray(bytes, size, end) : parseBulk(bytes, size, end)
}

function parseBulk(bytes, size, at) {
  if (bytes.length < at + size + 2) return undefined
  return {value: bytes.subarray(at, at + size), end: at + size + 2}
}

function parseArray(bytes, size, start) {
  const value = []
  let end = start
  for (let i = 0; i < size; i++) {
    const item = parse(bytes, end)
    if (!item) return undefined
    value.push(item.value)
    end = item.end
  }
  return {value, end}
}
