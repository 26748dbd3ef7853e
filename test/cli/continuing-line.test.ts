import {execFileSync} from 'node:child_process'
import {expect, it} from 'vitest'
import {continuingLine, type TypedWord} from '../../src/cli/continuing-line.ts'

const flags = {
  queue: {type: 'option', char: 'q'},
  limit: {type: 'option', char: 'n'},
  where: {type: 'option'},
  set: {type: 'option'},
  yes: {type: 'boolean', char: 'y'},
}

function line(words: TypedWord[], how = {}) {
  return continuingLine({command: 'dlq edit', words, flags}, how)
}

/** The words as a shell gives them to a program. */
function asShellReads(text: string): string[] {
  const print = `${JSON.stringify(process.execPath)} -e 'console.log(JSON.stringify(process.argv.slice(1)))' --`
  return JSON.parse(execFileSync('sh', ['-c', text.replace('qtool', print)], {encoding: 'utf8'}))
}

const flag = (name: string, input: string): TypedWord => ({type: 'flag', flag: name, input})

it('says again what was typed, with what has changed at its end', () => {
  const words = [
    flag('queue', 'orders'),
    flag('limit', '1k'),
    flag('set', 'a=1'),
    flag('set', 'b=2'),
    flag('yes', '-y'),
  ]
  expect(line(words)).toBe('qtool dlq edit -q orders -n 1k --set a=1 --set b=2 -y')
  expect(line(words, {flags: {limit: '300', set: null}})).toBe('qtool dlq edit -q orders -y -n 300')
  expect(line([{type: 'arg', input: 'a b.csv'}], {args: ['c.csv']})).toBe('qtool dlq edit c.csv')
})

it('a shell reads each word as it was typed', () => {
  const filter = `payload.name:"O'Brien  & $HOME" NOT text:\`x\`\nage>1h`
  const words = [flag('where', filter), flag('set', '-1'), {type: 'arg', input: 'über/dem *.csv'} as const]
  expect(asShellReads(line(words))).toEqual(['dlq', 'edit', 'über/dem *.csv', '--where', filter, '--set=-1'])
})
