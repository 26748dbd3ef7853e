import {expect, it} from 'vitest'
import {KeyIndex} from '../../../src/sink/decode/key-index.ts'
import {randomInt} from '../../support/seeded.ts'

it('finds the distinct values of a key and the records that give them', () => {
  const index = new KeyIndex()
  const pick = randomInt(7)
  const words = ['', 'a', 'ab', 'b', 'é', '00', '0', 'a'.repeat(300)]
  const known = new Map<string, number[]>()
  for (let record = 0; record < 20_000; record++) {
    const [first, second] = [words[pick(words.length)] + pick(40), words[pick(words.length)]]
    const bytes = Buffer.from(`${first}|${second}`)
    const at = Buffer.byteLength(first)
    index.add(record, bytes, [0, at, at + 1, bytes.length])
    const name = JSON.stringify([first, second])
    known.set(name, [...(known.get(name) ?? []), record])
  }
  expect(index.values.map((value) => JSON.stringify(value)).sort()).toEqual([...known.keys()].sort())
  const records = new Map<string, number[]>()
  for (let i = 0; i < index.ofRecord.length; i += 2) {
    const name = JSON.stringify(index.values[index.ofRecord[i + 1]])
    records.set(name, [...(records.get(name) ?? []), index.ofRecord[i]])
  }
  expect(records).toEqual(known)
})

it('keeps values apart that are equal only when their columns are run together', () => {
  const index = new KeyIndex()
  const bytes = Buffer.from('abc')
  index.add(0, bytes, [0, 1, 1, 3])
  index.add(1, bytes, [0, 2, 2, 3])
  expect(index.values).toEqual([
    ['a', 'bc'],
    ['ab', 'c'],
  ])
})
