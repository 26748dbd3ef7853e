import {describe, expect, it} from 'vitest'
import {held} from '../../support/leases.ts'
import {useEngine} from '../conformance/tested-queue.ts'
import {STREAM_UNDER_TEST} from './under-test.ts'

const {context, queueOf} = useEngine(STREAM_UNDER_TEST)

/** What a worker gets of an entry with these fields, and what peek shows of it. */
async function itemOf(...fields: Array<string | Buffer>): Promise<Buffer> {
  const queue = await queueOf()
  await context.redis.xadd(queue.keys.ready, '*', ...fields)
  const [{payload, payloadEncoding}] = await queue.engine.peek(1)
  const lease = held(await queue.take(1))
  const item = lease.items.item(0)
  expect(Buffer.from(payload, payloadEncoding)).toEqual(item)
  await queue.expire(lease.id)
  expect(held(await queue.take(1)).items.item(0)).toEqual(item)
  return item
}

describe('an entry of another program', () => {
  it('with one field whose value is a JSON object is that object, byte for byte', async () => {
    const text = '{"b": 1.10, "a":"é"}'
    expect(String(await itemOf('data', text))).toBe(text)
  })

  it.each([
    ['one field', ['temperature', '19.8'], '{"temperature":"19.8"}'],
    ['several fields', ['id', '7', 'name', 'x y'], '{"id":"7","name":"x y"}'],
    ['a field of qtool among others', ['item', '{"a":1}', 'b', '2'], '{"item":"{\\"a\\":1}","b":"2"}'],
    ['the fields of an item that came back', ['place', '5', 'item', 'x'], '{"place":"5","item":"x"}'],
    ['an array', ['tags', '[1,2]'], '{"tags":"[1,2]"}'],
    ['an empty name and an empty value', ['', '', 'a', ''], '{"":"","a":""}'],
    ['a name that occurs twice', ['a', '1', 'a', '2'], '{"a":"1","a":"2"}'],
  ])('with %s is a record of texts', async (_, fields, record) => {
    expect(String(await itemOf(...fields))).toBe(record)
  })

  it('is a record that parses to the same texts, whatever characters they hold', async () => {
    const texts = [
      Array.from({length: 128}, (_, i) => String.fromCharCode(i)).join(''),
      '"\\/\b\f\n\r\t\u0000\u007f\u2028\u2029é😀</script>',
      '\\u0041',
    ]
    const fields = texts.flatMap((text) => [text, text])
    expect(JSON.parse(String(await itemOf(...fields)))).toEqual(
      Object.fromEntries(texts.map((text) => [text, text])),
    )
  })

  it('keeps bytes that are no text, for a dead letter that holds them', async () => {
    const binary = Buffer.from([0xff, 0xfe, 0x22])
    const item = await itemOf('a', binary)
    expect(item).toEqual(Buffer.from([...Buffer.from('{"a":"'), 0xff, 0xfe, ...Buffer.from('\\""}')]))
  })
})

it('an entry of qtool holds its item whatever its bytes', async () => {
  for (const bytes of [Buffer.from([0, 255, 13, 10]), Buffer.from(''), Buffer.from('{"a":"1"')]) {
    expect(await itemOf('item', bytes)).toEqual(bytes)
  }
})

it('the id of an entry shows when it was added, if it holds a time', async () => {
  const queue = await queueOf()
  await context.redis.xadd(queue.keys.ready, '1-1', 'a', '1')
  await context.redis.xadd(queue.keys.ready, '1700000000123-4', 'a', '2')
  expect(await queue.engine.peek(9)).toMatchObject([
    {score: 1, enqueuedAt: null, priority: null},
    {score: 1_700_000_000_123, enqueuedAt: '2023-11-14T22:13:20.123Z', priority: null},
  ])
  expect((await queue.engine.inspect()).oldestMs).toBeNull()
})
