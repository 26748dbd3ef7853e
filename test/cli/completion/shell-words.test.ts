import {expect, it} from 'vitest'
import {shellWords, unquoted} from '../../../src/cli/completion/shell-words.ts'

it.each([
  ['qtool work -q', ['qtool', 'work', '-q']],
  ['qtool  work ', ['qtool', 'work', '']],
  [String.raw`qtool a\ b 'c d' "e f"`, ['qtool', 'a b', 'c d', 'e f']],
  [String.raw`qtool 'it'\''s' "a \"b\" \n"`, ['qtool', "it's", String.raw`a "b" \n`]],
  [`qtool "it's`, ['qtool', "it's"]],
  ['qtool --where=a:"b c', ['qtool', '--where=a:b c']],
  ['qtool $(id) `id`', ['qtool', '$(id)', '`id`']],
  ['qtool a\\', ['qtool', 'a']],
])('reads %j as a shell does', (line, expected) => {
  expect(shellWords(line).map(({text}) => text)).toEqual(expected)
})

it('keeps each word as it was typed, and says which quotes are open', () => {
  const words = shellWords(String.raw`qtool  a\ b  --where='c "d`)
  expect(words.map(({raw, start, quote, opened}) => ({raw, start, quote, opened}))).toEqual([
    {raw: 'qtool', start: 0, quote: '', opened: 0},
    {raw: String.raw`a\ b`, start: 7, quote: '', opened: 0},
    {raw: `--where='c "d`, start: 13, quote: "'", opened: 9},
  ])
})

it('says where each character stands as it was typed', () => {
  const [word] = shellWords(String.raw`a\ 'b'`)
  expect(word.places).toEqual([
    {at: 0, quote: ''},
    {at: 1, quote: ''},
    {at: 4, quote: "'"},
  ])
})

it('takes the quotes off a single word, blanks and all', () => {
  expect(unquoted(`'age>2h NOT a`)).toBe('age>2h NOT a')
  expect(unquoted(String.raw`live\ points`)).toBe('live points')
})
