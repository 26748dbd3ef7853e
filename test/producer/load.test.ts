import {PassThrough} from 'node:stream'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {describe, expect, it} from 'vitest'
import {InputPosition} from '../../src/producer/input-position.ts'
import {load} from '../../src/producer/load.ts'
import {emptyResult, type LoadOptions} from '../../src/producer/load-options.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {readNdjson} from '../../src/source/ndjson.ts'
import {openSources} from '../../src/source/open.ts'
import type {Chunks} from '../../src/source/source.ts'
import {MAX_BYTES} from '../source/reading.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

function optionsFor(more: Partial<LoadOptions> = {}): LoadOptions {
  return {
    mode: 'batch',
    batch: 1000,
    priority: 0,
    records: 'points',
    keepDuplicates: false,
    isLive: true,
    signal: new AbortController().signal,
    onFlights: async () => {},
    onReject: () => {},
    ...more,
  }
}

/** A pipe that yields a line when it is told to. */
function makePipe() {
  const waiting: Array<(chunk: Buffer | undefined) => void> = []
  const chunks: Buffer[] = []
  let isEnded = false
  async function* read(): Chunks {
    for (;;) {
      const chunk =
        chunks.shift() ??
        (isEnded ? undefined : await new Promise<Buffer | undefined>((r) => waiting.push(r)))
      if (chunk === undefined) return
      yield chunk
    }
  }
  return {
    chunks: read(),
    write(text: string) {
      const reader = waiting.shift()
      if (reader) reader(Buffer.from(text))
      else chunks.push(Buffer.from(text))
    },
    end() {
      isEnded = true
      waiting.shift()?.(undefined)
    },
  }
}

/** Waits until the queue holds `count` items. @returns how long that took, in ms */
async function untilQueued(keys: QueueKeys, count: number): Promise<number> {
  const started = performance.now()
  while ((await context.redis.zcard(keys.ready)) < count) await new Promise((r) => setTimeout(r, 1))
  return performance.now() - started
}

describe('a pipe that stays open', () => {
  it.each<[string, Partial<LoadOptions>]>([
    ['in chunks', {}],
    ['in a pipeline', {mode: 'pipeline'}],
    ['one by one', {mode: 'single'}],
    ['in envelopes', {group: 1000}],
    ['in envelopes of a pipeline', {group: 1000, mode: 'pipeline'}],
    ['made different', {group: 3, keepDuplicates: true}],
  ])('has each line in Redis within 100 ms, %s', async (_name, more) => {
    const {keys, engine} = context.newQueue()
    const pipe = makePipe()
    const result = emptyResult()
    const loading = load(engine, readNdjson('stdin', pipe.chunks, MAX_BYTES), optionsFor(more), result)
    const took: number[] = []
    for (let i = 1; i <= 21; i++) {
      pipe.write(`{"a":${i}}\n`)
      took.push(await untilQueued(keys, i))
    }
    pipe.end()
    await loading
    expect(result).toMatchObject({read: 21, enqueued: 21, unsent: 0, items: 21})
    // The median: a busy machine may be late now and then
    expect(took.sort((a, b) => a - b)[10]).toBeLessThan(100)
  })

  it.each<[string, string, (i: number) => string]>([
    ['NDJSON', '', (i) => `{"a":${i}}\n`],
    ['NDJSON, leniently', '', (i) => `{"a":-${i}}\n`],
    ['a JSON array', '[', (i) => `{"a":${i}},`],
    ['JSON objects', '', (i) => `{\n"a":${i}}\n`],
    ['CSV', 'a,b\n', (i) => `${i},"x\n"\n`],
    ['IGC', 'AXXX\r\nHFDTE010724\r\n', (i) => `B1200${10 + i}4612345N00712345EA0100001100\r\n`],
    [
      'GPX',
      '<?xml version="1.0"?><gpx><trk><trkseg>',
      (i) => `<trkpt lat="46.${i}" lon="7"><time>2024-07-01T12:00:${10 + i}Z</time></trkpt>`,
    ],
  ])('has each record of %s in Redis while the pipe is open', async (name, head, record) => {
    const {keys, engine} = context.newQueue()
    const pipe = new PassThrough()
    const result = emptyResult()
    const lenient = name.endsWith('leniently')
    const source = await openSources({files: [], stdin: pipe, maxBytes: MAX_BYTES, lenient})
    pipe.write(head)
    const loading = load(engine, source, optionsFor(), result)
    for (let i = 1; i <= 3; i++) {
      pipe.write(record(i))
      await untilQueued(keys, i)
    }
    pipe.end()
    await loading
    expect(result).toMatchObject({enqueued: 3, unsent: 0})
  })

  it('has the first lines of a steady trickle in Redis long before a chunk of it is full', async () => {
    const {keys, engine} = context.newQueue()
    let count = 0
    let isSeen = false
    async function* trickle(): Chunks {
      while (!isSeen) {
        yield Buffer.from(`{"a":${count++}}\n`)
        await new Promise((r) => setTimeout(r, 1))
      }
    }
    const result = emptyResult()
    const source = readNdjson('stdin', trickle(), MAX_BYTES)
    const loading = load(engine, source, optionsFor({batch: 100_000}), result)
    await untilQueued(keys, 1)
    isSeen = true
    await loading
    expect(count).toBeLessThan(1000)
    expect(result).toMatchObject({read: count, enqueued: count})
  })

  it('fills chunks and envelopes of a file, however long that takes', async () => {
    const {engine} = context.newQueue()
    async function* slowly(): Chunks {
      for (let i = 0; i < 30; i++) {
        yield Buffer.from(`{"a":${i}}\n`)
        await new Promise((r) => setTimeout(r, 10))
      }
    }
    const result = emptyResult()
    const options = optionsFor({isLive: false, group: 10})
    await load(engine, readNdjson('file', slowly(), MAX_BYTES), options, result)
    expect(result).toMatchObject({read: 30, enqueued: 30, items: 3})
  })

  it('ends at once where Redis refuses a line, though no other line comes', async () => {
    const {keys, engine} = context.newQueue()
    await context.redis.set(keys.ready, 'no set')
    const pipe = makePipe()
    const result = emptyResult()
    const loading = load(engine, readNdjson('stdin', pipe.chunks, MAX_BYTES), optionsFor(), result)
    pipe.write('{"a":1}\n')
    await expect(loading).rejects.toThrow('WRONGTYPE')
    expect(result).toMatchObject({read: 1, enqueued: 0, unsent: 1})
  })
})

describe('a stop', () => {
  const lines = Array.from({length: 5000}, (_, i) => (i === 2 ? 'bad\n' : `{"a":${i}}\n`))
  async function* file(): Chunks {
    yield Buffer.from(lines.join(''))
  }

  it.each<[string, Partial<LoadOptions>]>([
    ['a rate', {rate: 20}],
    ['a rate in envelopes', {rate: 20, group: 7}],
    ['a depth', {maxDepth: 5}],
  ])('sends no more than %s allows, and tells where to go on', async (_name, limit) => {
    const {keys, engine} = context.newQueue()
    const stop = new AbortController()
    const position = new InputPosition()
    const result = emptyResult()
    const halt = () => {
      if ((position.read?.total ?? 0) >= 4) stop.abort()
    }
    const options = {
      isLive: false,
      signal: stop.signal,
      position,
      onProgress: halt,
      onWait: () => stop.abort(),
    }
    await load(engine, readNdjson('file', file(), MAX_BYTES), optionsFor({...options, ...limit}), result)
    const {read, enqueued} = result
    expect(read).toBeLessThan(20)
    expect(result).toMatchObject({enqueued: read - 1, rejected: 1, unsent: 0})
    expect(position.settled).toMatchObject({source: 'file', records: read, total: read})
    if (!limit.group) {
      const held = await context.redis.zrange(keys.ready, '0', '-1')
      const first = lines.slice(0, read).filter((_, i) => i !== 2)
      expect(held.map((item) => `${item}\n`)).toEqual(first)
    }
    expect(enqueued).toBeGreaterThan(0)
  })

  it('takes whatever was read from a pipe, which cannot be read again', async () => {
    const {engine} = context.newQueue()
    const stop = new AbortController()
    const result = emptyResult()
    const options = optionsFor({rate: 20, signal: stop.signal, onProgress: () => stop.abort()})
    await load(engine, readNdjson('stdin', file(), MAX_BYTES), options, result)
    expect(result).toMatchObject({read: 5000, enqueued: 4999, rejected: 1, unsent: 0})
  })
})

describe('memory', () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')

  it('does not grow with the number of reads from a pipe', async () => {
    const {keys, engine} = context.newQueue()
    const heap: number[] = []
    const reads = 210_000
    async function* lines(): Chunks {
      for (let i = 0; i < reads; i++) {
        if (i % 50_000 === 0 && i > 0) {
          await context.redis.del(keys.ready)
          collect()
          heap.push(process.memoryUsage().heapUsed)
        }
        yield Buffer.from(`{"a":${i}}\n`)
      }
    }
    const result = emptyResult()
    const source = readNdjson('stdin', lines(), MAX_BYTES)
    await load(engine, source, optionsFor({batch: 10}), result)
    expect(result).toMatchObject({read: reads, enqueued: reads})
    // A race against a promise that stays pending kept about 590 bytes per read
    const growth = (heap[heap.length - 1] - heap[0]) / (50_000 * (heap.length - 1))
    expect(growth).toBeLessThan(20)
  }, 120_000)
})
