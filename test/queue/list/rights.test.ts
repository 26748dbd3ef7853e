import {readFileSync} from 'node:fs'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, it} from 'vitest'
import type {QueueEngine} from '../../../src/queue/engine.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {openQueue} from '../../../src/queue/open.ts'
import {held, nothing} from '../../support/leases.ts'
import {startTestRedis, type TestServer} from '../../support/server.ts'
import {addAll} from '../conformance/tested-queue.ts'

let server: TestServer
let admin: Redis

beforeAll(async () => {
  server = await startTestRedis()
  admin = new Redis(server.url)
})
afterAll(async () => {
  admin.disconnect()
  await server.stop()
})

const NAME = 'jobs'
const signal = new AbortController().signal
const onProgress = () => {}

/** The commands that docs/engines.md lists for each command line. */
function listed(command: string): string[] {
  const rows = readFileSync('docs/engines.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()))
  const row = cells.find(([, first]) => first.split(' · ').includes(`\`${command}\``))
  if (!row) throw new Error(`expected a row for ${command}`)
  const [, first, needed] = row
  const at = first.split(' · ').indexOf(`\`${command}\``)
  const words = (text = '') =>
    text
      .replaceAll(/[^a-z ]/g, ' ')
      .split(/\s+/)
      .filter((word) => IS_COMMAND.test(word))
  const parts = needed.split(' · ')
  const own = words(parts[at])
  if (/the same/.test(parts[at])) return [...words(parts[0]), ...own]
  return /as peek --where|as `peek --where`/.test(parts[at]) ? [...listed('peek --where'), ...own] : own
}

const IS_COMMAND = /^(l(?:index|len|move|pos|push|range|rem|set|trim)|rpush|rename|sort|pexpire)$/

/** A letter of another program. */
async function letter(): Promise<Letter> {
  await admin.zadd(`dlq:${NAME}`, 1, '{"n":1}')
  return new Letter(Buffer.from('{"n":1}'), 1)
}

const OPERATIONS: Record<string, (queue: QueueEngine) => Promise<unknown>> = {
  enqueue: async (queue) => {
    const producer = await queue.openProducer({mode: 'batch', batch: 10, priority: 0})
    await addAll(producer, ['a']).finally(() => producer.close())
  },
  work: async (queue) => {
    const lease = held(await queue.take({taker: 'a', turn: 1, count: 2, lengthMs: 1000}))
    await queue.settle(lease, {...nothing, postponed: [{score: 0, text: 'b'}]})
  },
  peek: (queue) => queue.peek(3),
  'peek --where': async (queue) => {
    const filter = await queue.itemFilter('n:1', {records: []})
    return queue.search({filter, limit: 9, signal, onProgress})
  },
  purge: (queue) => queue.clear(),
  'purge --where': async (queue) => {
    const filter = await queue.itemFilter('n:1', {records: []})
    return queue.clearMatching({filter, signal, onProgress})
  },
  undo: async (queue) => {
    const told = await openQueue(admin, {name: NAME})
    const trash = await told.clear()
    await told.openProducer({mode: 'batch', batch: 10, priority: 0}).then(async (producer) => {
      await addAll(producer, ['a', 'b'])
      await producer.close()
    })
    if (trash) await queue.restore(trash, signal)
  },
  'dlq replay': async (queue) => queue.letters.replayer(0).replay([await letter()]),
}

it.each(Object.keys(OPERATIONS))('somebody who may do with a list what is listed can %s', async (command) => {
  await admin.flushall()
  await admin.hset(`sink:${NAME}`, 'engine', 'list', 'list_pops', 'left')
  await admin.rpush(`queue:${NAME}`, '{"n":1}', '{"n":2}', '{"n":1}')
  const rules = ['llen', ...listed(command)].map((name) => `+${name}`)
  const own = ['+@all', '-@list', '-sort', ...(command === 'purge' ? [] : ['-rename']), ...rules]
  await admin.call('ACL', 'SETUSER', 'few', 'reset', 'on', '>only', '~*', ...own)
  const redis = new Redis(server.url.replace(/\/\/[^@]*@|\/\//, '//few:only@'))
  try {
    await OPERATIONS[command](await openQueue(redis, {name: NAME}))
  } finally {
    redis.disconnect()
  }
})
