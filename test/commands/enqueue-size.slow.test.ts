import {describe, expect, it} from 'vitest'
import {cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {isItem} from '../support/second-reader.ts'

const context = useServers()

const MIB = 1024 * 1024

/** A record of this many bytes. */
function recordOf(bytes: number): string {
  return `{"a":"${'x'.repeat(bytes - 8)}"}`
}

/** A record with this many levels of nesting. */
function nested(levels: number): string {
  return `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
}

async function enqueued(input: string, flags: string[]) {
  const {queue, keys} = context.newQueue()
  const {code, json} = await cliJson(['enqueue', '-q', queue, ...flags], {input})
  return {code, json, items: await context.redis.zrangeBuffer(keys.ready, '0', '-1')}
}

/** The records of an item in their order. */
function recordsOf(item: Buffer): Array<{n: number}> {
  return JSON.parse(item.toString()).points
}

describe.each([['batch'], ['pipeline'], ['single']])('in mode %s', (mode) => {
  it.each([[[]], [['--keep-duplicates']]])(
    'no envelope is larger than what work takes, however many records --group asks for %j',
    async (more) => {
      const lines = Array.from({length: 9000}, (_, n) => `{"n":${n},"v":"${'\u00e9'.repeat(n % 300)}"}\n`)
      const flags = ['--group', '5000', '--mode', mode, ...more]
      const {code, json, items} = await enqueued(lines.join(''), flags)
      expect(code).toBe(0)
      expect(json).toMatchObject({read: 9000, enqueued: 9000, items: items.length})
      expect(items.filter((item) => !isItem(item))).toEqual([])
      expect(items.length).toBeLessThan(9)
      expect(items.flatMap(recordsOf).map(({n}) => n)).toEqual(lines.map((_, n) => n))
    },
  )
})

describe('a record at the limit that is still to be wrapped', () => {
  it.each([
    ['SIZE', recordOf(MIB), ['--group', '1']],
    ['SIZE', recordOf(MIB - 12), ['--group', '9']],
    ['SIZE', recordOf(MIB - 20), ['--group', '9', '--records', 'data.points']],
    ['SIZE', recordOf(MIB), ['--keep-duplicates']],
    ['DEPTH', nested(64), ['--group', '1']],
    ['DEPTH', nested(62), ['--group', '2', '--records', 'data.points']],
    ['DEPTH', `[${nested(63)}]`, ['--group', '2']],
  ])('is rejected with %s, not left to become a dead letter', async (reason, record, flags) => {
    const {code, json, items} = await enqueued(
      `${record}\n{"n":1}\n`.replace(/\]\n.*\n$/, ',{"n":1}]'),
      flags,
    )
    expect(code).toBe(3)
    expect(json).toMatchObject({read: 2, enqueued: 1, rejected: 1, rejectedByCode: {[reason]: 1}})
    expect(items).toHaveLength(1)
    expect(isItem(items[0])).toBe(true)
  })

  it.each([
    [recordOf(MIB - 13), ['--group', '1']],
    [nested(62), ['--group', '1']],
    [nested(61), ['--group', '2', '--records', 'data.points']],
    [recordOf(MIB), []],
    [nested(64), []],
  ])('is taken where the item has room for it', async (record, flags) => {
    const {code, items} = await enqueued(`${record}\n`, flags)
    expect(code).toBe(0)
    expect(items.map(isItem)).toEqual([true])
  })
})

it('says that --max-bytes leaves no room for a record', async () => {
  const {code, json} = await enqueued('{"n":1}\n', ['--group', '2', '--max-bytes', '14'])
  expect(code).toBe(2)
  expect(json.error.message).toBe(
    '--max-bytes 14 leaves no room for a record: what stands around it takes 13 bytes',
  )
})
