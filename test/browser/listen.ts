import {request} from 'node:http'
import {type TestApi, TOKEN} from '../support/serve.ts'

/** What a tab of the page does, without the tab. */
export interface Listening {
  /** Events that have come so far, but for the history. */
  events(): number
  close(): void
}

export function listen({port}: TestApi, path: string): Listening {
  let count = 0
  const headers = {authorization: `Bearer ${TOKEN}`, accept: 'text/event-stream'}
  const sent = request({host: '127.0.0.1', port, path, headers, agent: false}, (response) => {
    response.setEncoding('utf8')
    let rest = ''
    response.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      count += lines.filter((line) => /^event: (?:queues|observation)$/.test(line)).length
    })
    response.on('error', () => {})
  })
  sent.on('error', () => {})
  sent.end()
  return {events: () => count, close: () => sent.destroy()}
}
