import {execFileSync} from 'node:child_process'
import {expect, it} from 'vitest'
import {bashReplies} from '../../../src/cli/completion/in-bash.ts'
import {shellWords} from '../../../src/cli/completion/shell-words.ts'

/** The usual COMP_WORDBREAKS. */
const BREAKS = ' \t\n"\'><=;|&(:'

const replies = (line: string, text: string, from: number, isPart = false, breaks = BREAKS) =>
  bashReplies(shellWords(line)[shellWords(line).length - 1], [{text, from, isPart}], breaks)

it.each([
  ['qtool dlq li', 'list', 0, 'list'],
  ['qtool x reason:f', 'foreign_key', 7, 'foreign_key'],
  ['qtool x --queue=li', 'live_points', 8, 'live_points'],
  ['qtool x --where=reason:f', 'foreign_key', 15, 'foreign_key'],
  ["qtool x 'NOT reason:f", 'foreign_key', 11, 'NOT reason:foreign_key'],
  [`qtool x 'column:`, `"it's on"`, 7, String.raw`column:"it'\''s on"`],
  ['qtool x "column:', '"a $b"', 7, String.raw`column:\"a \$b\"`],
  ['qtool x column:', '"a $b"', 7, String.raw`\"a\ \$b\"`],
  ['qtool x ', '~root', 0, String.raw`\~root`],
])('for %j it puts in %j from %i as %j', (line, text, from, expected) => {
  expect(replies(line, text, from)).toEqual([expected])
})

it('replaces the whole word where a colon breaks none', () => {
  expect(replies('qtool x reason:f', 'foreign_key', 7, false, ' \t\n')).toEqual(['reason:foreign_key'])
})

it('offers a second word that is never reached, so that bash leaves the quotes open behind a part', () => {
  expect(replies("qtool x 'rea", 'reason:', 0, true)).toEqual(['reason:', 'reason:…'])
  expect(replies('qtool x rea', 'reason:', 0, true)).toEqual(['reason:'])
})

it('offers nothing that bash would look for in its history', () => {
  expect(replies('qtool x "code:', 'a!b', 5)).toEqual([])
  expect(replies("qtool x 'code:", 'a!b', 5)).toEqual(['code:a!b'])
})

it.each(['', "'", '"'])('after %j every character comes out of bash as it went in', (quote) => {
  const text = [...Array(95).keys()]
    .map((i) => String.fromCharCode(32 + i))
    .join('')
    .replace('!', '')
  const [reply] = replies(`qtool ${quote}`, text, 0)
  const script = `printf %s ${quote}${reply}${quote}`
  expect(execFileSync('bash', ['-c', script], {encoding: 'utf8'})).toBe(text)
})
