import type {Socket} from 'node:net'

/** What is wrong below HTTP, by the code of node's parser. */
const ANSWERS: Record<string, {status: string; code: string; message: string}> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'HEADERS_TOO_LARGE',
    message: 'the headers are larger than 16 KiB',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    code: 'SLOW_HEADERS',
    message: 'the headers did not arrive in time',
  },
}

const NOT_HTTP = {status: '400 Bad Request', code: 'NOT_HTTP', message: 'this is not a valid HTTP request'}

/** Answers what cannot be read as a request, in the form of every other error, and closes the connection. */
export function answerClientError(error: Error & {code?: string}, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const {status, code, message} = ANSWERS[error.code ?? ''] ?? NOT_HTTP
  const body = JSON.stringify({error: {code, message, suggestions: []}})
  const headers = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    'connection: close',
  ]
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`)
}
