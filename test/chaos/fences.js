// Watches a queue from outside with MONITOR: whoever acknowledges a lease must be its last holder.
import {connect} from 'node:net'

/** `1700000000.1 [0 lua] "HSET" "attempts:q" "id" "7 1 0"` */
const LINE = /^\+?[\d.]+ \[\d+ ([^\]]+)\] (.*)$/
const WORDS = /"((?:[^"\\]|\\.)*)"/g

/**
 * Starts to watch. Scripts are recognised by what they do: one that raises a lease's fence hands it out; one that
 * removes a lease from the deadlines for good settles it, and its first two arguments are the lease and the fence.
 * @returns `violations`, filled as they occur, `isWatching`, `last` and `close`
 */
export function watchFences(url, queue) {
  const state = {fences: new Map(), call: [], violations: [], last: 0, isWatching: false}
  const {hostname, port, password, username} = new URL(url)
  let socket
  let isClosed = false
  let again
  const start = () => {
    socket = connect(Number(port || 6379), hostname)
    if (password) socket.write(`AUTH ${username ? `${username} ` : ''}${decodeURIComponent(password)}\r\n`)
    socket.write('MONITOR\r\n')
    let rest = ''
    let unanswered = password ? 2 : 1
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n')
      rest = lines.pop()
      for (const line of lines) see(state, queue, line)
      unanswered -= lines.filter((line) => line === '+OK').length
      state.isWatching ||= unanswered === 0
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      // Commands are missed until it reconnects, but fences only rise, so what is known stays true
      state.call = []
      if (!isClosed) again = setTimeout(start, 50)
    })
  }
  start()
  return {
    violations: state.violations,
    /** Whether Redis shows what is done from now on. */
    get isWatching() {
      return state.isWatching
    },
    /** Highest fence under which a lease was settled. */
    get last() {
      return state.last
    },
    close() {
      isClosed = true
      clearTimeout(again)
      socket.destroy()
    },
  }
}

function see(state, queue, line) {
  const match = LINE.exec(line)
  if (!match) return
  const words = [...match[2].matchAll(WORDS)].map(([, word]) => word)
  const name = words[0]?.toUpperCase()
  if (match[1] !== 'lua') {
    state.call = name === 'EVALSHA' || name === 'EVAL' ? words.slice(3 + Number(words[2])) : []
    return
  }
  if (name === 'HSET' && words[1] === `attempts:${queue}`) {
    const fence = Number(words[3].split(' ')[0])
    if (fence > 0) state.fences.set(words[2], fence)
  }
  if (name === 'ZREM' && words[1] === `leases:${queue}`) judge(state, words[2])
}

function judge(state, lease) {
  const [id, fence] = state.call
  const last = state.fences.get(lease)
  state.last = Math.max(state.last, Number(fence))
  if (last === undefined || id !== lease) return
  if (Number(fence) < last)
    state.violations.push(`${lease} settled under fence ${fence}, last handed out ${last}`)
  state.fences.delete(lease)
}
