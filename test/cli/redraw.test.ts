import {describe, expect, it} from 'vitest'
import {redrawn} from '../../src/cli/redraw.ts'

/** What a terminal shows after some writes: a model of the few codes that are used. */
function screenAfter(...writes: string[]): string[] {
  const lines: string[] = ['']
  let [row, column] = [0, 0]
  for (const [, count, code, text] of writes.join('').matchAll(/\x1b\[\??(\d*)([AKJhl])|([\s\S])/g)) {
    if (code === 'A') row -= Number(count)
    else if (code === 'K') lines[row] = lines[row].slice(0, column)
    else if (code === 'J') lines.splice(row, Number.POSITIVE_INFINITY, lines[row].slice(0, column))
    else if (text === '\r') column = 0
    else if (text === '\n') lines[++row] ??= ''
    else if (text) lines[row] = lines[row].slice(0, column) + text + lines[row].slice(++column)
  }
  return lines
}

describe('a view in place of another', () => {
  it.each([
    [
      ['one', 'two'],
      ['one', 'longer than two'],
    ],
    [['a long line', 'two', 'three'], ['short']],
    [['one'], ['one', 'two', 'three']],
    [[], ['first']],
  ])('%j becomes %j', (before, now) => {
    expect(screenAfter(redrawn([], before), redrawn(before, now))).toEqual([...now, ''])
  })

  it('costs little where little has changed, and clears nothing as a whole', () => {
    const before = Array.from({length: 24}, (_, i) => `line ${i} ${'x'.repeat(60)}`)
    const now = before.with(3, 'changed')
    const text = redrawn(before, now)
    expect(text.length).toBeLessThan(120)
    expect(text).not.toContain('\x1b[2J')
  })
})
