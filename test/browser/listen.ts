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
    response.on('data', (text: string) => {
      count += text.match(/^event: (?:queues|observation)$/gm)?.length ?? 0
    })
    response.on('error', () => {})
  })
  sent.on('error', () => {})
  sent.end()
  return {events: () => count, close: () => sent.destroy()}
}
