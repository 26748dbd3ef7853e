import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect, it} from 'vitest'
import {runCommand} from '../support/run-command.ts'

interface CommandClass {
  run(argv: string[], options: {root: string}): Promise<unknown>
  flags?: Record<string, {type: 'boolean' | 'option'; required?: boolean}>
  args?: Record<string, {required?: boolean}>
}

const root = fileURLToPath(new URL('../../src/commands/', import.meta.url))
const files = readdirSync(root, {recursive: true, encoding: 'utf8'}).filter((file) => file.endsWith('.ts'))

const commands = await Promise.all(
  files.map(async (file) => {
    const {default: command}: {default: CommandClass} = await import(join(root, file))
    const required = Object.values(command.args ?? {}).flatMap((arg) => (arg.required ? ['x'] : []))
    return {name: file.slice(0, -'.ts'.length).replace('/', ' '), command, required}
  }),
)

const options = commands.flatMap(({name, command, required}) =>
  Object.entries(command.flags ?? {}).flatMap(([flag, {type}]) =>
    type === 'option' ? [{name, command, required: [...required, ...otherFlags(command, flag)], flag}] : [],
  ),
)

/** The flags that a command needs beside this one. */
function otherFlags({flags = {}}: CommandClass, flag: string): string[] {
  const needed = Object.entries(flags).filter(([name, {required}]) => required && name !== flag)
  return needed.flatMap(([name]) => [`--${name}`, '1'])
}

it.each(options)('qtool $name refuses an empty --$flag, and names it', async ({command, required, flag}) => {
  for (const argv of [[`--${flag}`, ''], [`--${flag}=`]]) {
    const {code, stdout, stderr} = await runCommand(command, [...required, ...argv])
    expect({code, stdout}).toEqual({code: 2, stdout: ''})
    expect(stderr).toContain(`--${flag}`)
  }
})

const withArguments = commands.filter(({command}) => Object.keys(command.args ?? {}).length > 0)

it.each(withArguments)('qtool $name refuses an empty argument', async ({command, required}) => {
  const empty = required.length > 0 ? required.map(() => '') : ['']
  const argv = [...empty, ...otherFlags(command, '')]
  const {code, stdout, stderr} = await runCommand(command, argv)
  expect({code, stdout}).toEqual({code: 2, stdout: ''})
  expect(stderr).toMatch(/argument|FILE|ID/)
})

const VARIABLES = [
  ...[
    'REDIS_URL',
    'DATABASE_URL',
    'REDIS_MAX_CONNECTIONS',
    'QTOOL_QUEUE',
    'QTOOL_TABLE',
    'QTOOL_RECORDS',
    'QTOOL_PAYLOAD',
  ],
  ...['QTOOL_PROFILE', 'QTOOL_CONFIG', 'QTOOL_HOME', 'QTOOL_CACHE', 'QTOOL_REDIS_CA', 'QTOOL_REDIS_SERVER'],
]
const work = commands.find(({name}) => name === 'work')

it.each(VARIABLES)('an empty %s is refused, and named', async (variable) => {
  if (!work) throw new Error('there is no qtool work')
  const {code, stderr} = await runCommand(work.command, [], {[variable]: ''})
  expect(code).toBe(2)
  expect(stderr).toContain(`${variable} is set but empty`)
  expect(stderr).toContain(`unset ${variable}`)
})
