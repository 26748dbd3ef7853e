import {connect, type Socket} from 'node:net'
import type {RedisTarget} from '../../../redis/url.ts'

/** How long an answer may take, ms. */
const ANSWER_MS = 5000

/** A bare connection to Redis: with thousands of whole clients, this process would be what is measured. */
export type LightConnection =
  | {state: 'open'; socket: Socket}
  | {state: 'refused'; code: string; message: string}

/** Opens a connection, logs in, and waits for PONG. Never throws. @param name shown in CLIENT LIST */
export async function openLight(target: RedisTarget, name: string): Promise<LightConnection> {
  const [first] = target.addresses
  const socket = connect(target.path ? {path: target.path} : {...first, noDelay: true})
  const commands = [...login(target), ['CLIENT', 'SETNAME', name], ['PING']]
  const answer = await new Promise<LightConnection>((resolve) => {
    let text = ''
    const refuse = (code: string, message: string) => resolve({state: 'refused', code, message})
    socket.once('connect', () => socket.write(commands.map(encode).join('')))
    socket.on('data', (bytes) => {
      text += bytes
      const lines = text.split('\r\n').slice(0, -1)
      if (lines.at(-1) === '+PONG') resolve({state: 'open', socket})
      else if (isRefusal(lines, commands.length)) refuse('REDIS', lines.filter(isError)[0].slice(1))
    })
    socket.setTimeout(ANSWER_MS, () => refuse('TIMEOUT', `no answer within ${ANSWER_MS / 1000} s`))
    socket.on('error', (error: NodeJS.ErrnoException) => refuse(error.code ?? 'ERROR', error.message))
    socket.once('close', () => refuse('CLOSED', 'the server closed the connection'))
  })
  socket.setTimeout(0)
  if (answer.state === 'refused') socket.destroy()
  return answer
}

/** Closes all, and resolves when that is done. */
export async function closeLight(sockets: Iterable<Socket>): Promise<void> {
  await Promise.all([...sockets].map(closeOne))
}

function closeOne(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve()
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
    socket.destroy()
  })
}

function login({username, password}: RedisTarget): string[][] {
  if (password === undefined) return []
  return [username === undefined ? ['AUTH', password] : ['AUTH', username, password]]
}

function encode(words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

/** A full server answers only with an error. Otherwise an error to SETNAME does no harm as long as PONG follows. */
function isRefusal(lines: string[], commands: number): boolean {
  return lines.some((line) => /^-ERR max/i.test(line)) || (lines.length >= commands && lines.some(isError))
}

function isError(line: string): boolean {
  return line.startsWith('-')
}
