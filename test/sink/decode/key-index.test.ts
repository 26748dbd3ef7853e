import {expect, it} from 'vitest'
import {KeyIndex} from '../../../src/sink/decode/key-index.ts'
import {randomInt} from '../../support/seeded.ts'

const valuesOf = (index: KeyIndex): unknown[] => JSON.parse(index.json().toString())

it('finds the distinct values of a key and the records that give them', () => {
  const index = new KeyIndex(2)
  const pick = randomInt(7)
  const words = ['', 'a', 'ab', 'b', 'é', '00', '0', 'a'.repeat(300), '}', ',"1":']
  const known = new Map<string, number[]>()
  for (let record = 0; record < 20_000; record++) {
    const value = {0: words[pick(words.length)] + pick(40), 1: [pick(3), words[pick(words.length)]][pick(2)]}
    const [first, second] = [JSON.stringify(value[0]), JSON.stringify(value[1])]
    const bytes = Buffer.from(`${first}|${second}`)
    const at = Buffer.byteLength(first)
    index.add(record, bytes, Int32Array.of(0, at, at + 1, bytes.length))
    const name = JSON.stringify(value)
    known.set(name, [...(known.get(name) ?? []), record])
  }
  const values = valuesOf(index).map((value) => JSON.stringify(value))
  expect(values).toHaveLength(index.count)
  expect(values.toSorted()).toEqual([...known.keys()].sort())
  const records = new Map<string, number[]>()
  for (let i = 0; i < index.ofRecord.length; i += 2) {
    const name = values[index.ofRecord[i + 1]]
    records.set(name, [...(records.get(name) ?? []), index.ofRecord[i]])
  }
  expect(records).toEqual(known)
})

it('keeps values apart that are equal only when their columns are run together', () => {
  const index = new KeyIndex(2)
  const bytes = Buffer.from('123')
  index.add(0, bytes, Int32Array.of(0, 1, 1, 3))
  index.add(1, bytes, Int32Array.of(0, 2, 2, 3))
  expect(valuesOf(index)).toEqual([
    {0: 1, 1: 23},
    {0: 12, 1: 3},
  ])
})

it('keeps values apart of which one begins with the other', () => {
  const index = new KeyIndex(1)
  const bytes = Buffer.from('123')
  for (const end of [3, 1, 2, 3]) index.add(0, bytes, Int32Array.of(0, end))
  expect(valuesOf(index)).toEqual([{0: 123}, {0: 1}, {0: 12}])
})
