import {describe, expect, it} from 'vitest'
import {KeyReader, readKeys} from '../../../src/cli/top/keys.ts'
import {until} from '../../support/cli.ts'

it.each([
  ['jk', ['j', 'k']],
  ['\x1b[A\x1b[B\x1bOA\x1bOB', ['up', 'down', 'up', 'down']],
  ['\x1b[5~\x1b[6~\x1b[H\x1b[4~', ['page-up', 'page-down', 'home', 'end']],
  ['\r\x7f\x03\x1a', ['enter', 'backspace', 'ctrl-c', 'ctrl-z']],
  // Escape and a key that follow so quickly that they come together
  ['\x1bq', ['escape', 'q']],
  ['é漢🙂', ['é', '漢', '🙂']],
  // F5, shift and an arrow, a mouse, and other control characters mean nothing
  ['\x1b[15~\x1b[1;2A\x1b[<0;1;1M\x01\x02', []],
])('reads %j as %j', (text, keys) => {
  expect(readKeys(text)).toEqual({keys, rest: ''})
})

it('takes nothing from what is pasted, whose letters would be commands', () => {
  expect(readKeys('a\x1b[200~PyXy\x1bq\r\x1b[201~b')).toEqual({keys: ['a', 'b'], rest: ''})
  expect(readKeys('\x1b[200~Py').keys).toEqual([])
})

describe('KeyReader', () => {
  const listen = () => {
    const keys: string[] = []
    return {keys, reader: new KeyReader((key) => keys.push(key))}
  }

  it.each([
    ['an arrow', ['\x1b', '[', 'A'], 'up'],
    ['a longer sequence', ['\x1b[', '6', '~'], 'page-down'],
  ])('reads %s that comes in pieces', (_, pieces, key) => {
    const {keys, reader} = listen()
    for (const piece of pieces) reader.read(piece)
    expect(keys).toEqual([key])
  })

  it('takes an ESC that stays alone for the key', async () => {
    const {keys, reader} = listen()
    reader.read('\x1b')
    expect(keys).toEqual([])
    await until(() => keys.length > 0)
    expect(keys).toEqual(['escape'])
  })

  it('ignores a paste in pieces, however long it takes', async () => {
    const {keys, reader} = listen()
    reader.read('\x1b[200~P')
    const other = listen()
    other.reader.read('\x1b')
    await until(() => other.keys.length > 0)
    reader.read('y\x1b[201~j')
    expect(keys).toEqual(['j'])
  })
})
