// The generator, a program of its own so that its CPU is not that of what measures: reads a Target from stdin, sends
// with autocannon, and says on stdout when the measured time begins and ends, and then what became of the requests.
import type {EventEmitter} from 'node:events'
import {text} from 'node:stream/consumers'
import autocannon from 'autocannon'
import {nextBody} from './bodies.ts'
import {Counter} from './counter.ts'
import type {Said, Target} from './volley.ts'

/** How often autocannon looks whether it is to stop, ms. */
const LOOK_MS = 50

/** How long an answer may take, s. */
const TIMEOUT_SECONDS = 10

const target: Target = JSON.parse(await text(process.stdin))
const {connections, warmupMs, ms, records} = target
const counter = new Counter()
const say = (said: Said) => process.stdout.write(`${JSON.stringify(said)}\n`)

const instance = autocannon(
  {
    ...requestOf(target),
    connections,
    timeout: TIMEOUT_SECONDS,
    // It is told to stop
    duration: 3600,
    sampleInt: LOOK_MS,
    setupClient(client: EventEmitter) {
      client.on('request', () => counter.sent())
    },
  },
  () => say({at: 'done', volley: counter.volley(connections)}),
)
instance.on('response', (_, status, __, took) => counter.answer(status, took))
instance.on('reqError', () => counter.broke())

setTimeout(() => {
  counter.begin()
  say({at: 'begin'})
  setTimeout(() => {
    counter.end()
    say({at: 'end'})
    instance.stop()
  }, ms)
}, warmupMs)

function requestOf({url, token}: Target): autocannon.Options {
  const headers = {authorization: `Bearer ${token}`}
  if (records === undefined) return {url, headers}
  const upload: autocannon.Request = {
    method: 'POST',
    headers: {...headers, 'content-type': 'application/x-ndjson'},
    setupRequest: (request) => ({...request, body: nextBody(records)}),
  }
  return {url, requests: [upload]}
}
