import {expect, it} from 'vitest'
import {readLine} from '../../../src/cli/completion/at-cursor.ts'
import type {KnownCommands, KnownFlag} from '../../../src/cli/completion/manifest.ts'

const queue: KnownFlag = {name: 'queue', type: 'option', char: 'q'}
const yes: KnownFlag = {name: 'yes', type: 'boolean', char: 'y'}
const register: KnownFlag = {name: 'register', type: 'boolean', allowNo: true}
const commands: KnownCommands = {
  work: {args: {}, flags: {queue, yes}},
  enqueue: {strict: false, args: {file: {name: 'file'}}, flags: {queue, register}},
  'dlq:show': {args: {id: {name: 'id'}}, flags: {queue}},
}

/** What is at the end of a line, without the program. */
function at(...words: string[]) {
  return readLine(words.slice(0, -1), words[words.length - 1], commands)
}

it.each([
  [[''], []],
  [['wo'], []],
  [['dlq', 's'], ['dlq']],
])('in %j the name of a command goes on', (words, path) => {
  expect(at(...words).at).toEqual({kind: 'name', path})
})

it.each([
  [['work', '-q', 'a'], 'queue', 0],
  [['work', '--yes', '--queue', ''], 'queue', 0],
  [['work', '--queue=a'], 'queue', 8],
  [['work', '-qa'], 'queue', 2],
  [['work', '-q=a'], 'queue', 3],
  [['work', '-q', '--ye'], 'queue', 0],
])('in %j a value of --%s begins at %i', (words, name, from) => {
  expect(at(...words).at).toMatchObject({kind: 'value', flag: {name}, from})
})

it.each([
  [['enqueue', '']],
  [['enqueue', 'a', 'b']],
  [['enqueue', '--no-register', 'a']],
  [['enqueue', '-q', 'x', '-', 'a']],
  [['enqueue', '--', '-a']],
])('in %j a file may stand', (words) => {
  expect(at(...words).at).toMatchObject({kind: 'argument', name: 'file'})
})

it.each([[['work', '-']], [['work', '']], [['dlq', 'show', 'a', '']], [['enqueue', '--']]])(
  'in %j a flag may stand',
  (words) => {
    expect(at(...words).at.kind).toBe('flag')
  },
)

it.each([[['nonsense', '']], [['work', '--yes=a']], [['nonsense', '--queue', 'a']]])(
  'in %j nothing is known',
  (words) => {
    expect(at(...words).at).toEqual({kind: 'nothing'})
  },
)

it('notes the flags before the cursor', () => {
  const {id, given} = at('dlq', 'show', '--queue=a', '')
  expect(id).toBe('dlq:show')
  expect([...given]).toEqual([['queue', 'a']])
})
