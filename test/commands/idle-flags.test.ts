import {fileURLToPath} from 'node:url'
import {expect, it} from 'vitest'
import {runCommand} from '../support/run-command.ts'

const URLS = ['--redis-url', 'redis://127.0.0.1:1', '--database-url', 'postgres://127.0.0.1:1/none']

const count = ['--count', '1']

/** A command line, and the flag in it that would do nothing. */
const LINES: Array<[string, string[], string]> = [
  ['enqueue', [...count, '--records', 'a.b'], '--records'],
  ['enqueue', [...count, '--mode', 'single', '--batch', '10'], '--batch'],
  ['enqueue', [...count, '--rejects', '/nowhere/x'], '--rejects'],
  ['enqueue', ['--format', 'csv', '--lenient', '/dev/null'], '--lenient'],
  ['work', ['--fk-delay', '5s'], '--fk-delay'],
  ['dlq/replay', ['--strict'], '--strict'],
  ['dlq/replay', ['--table', 'a'], '--table'],
  ['dlq/replay', ['--rename', 'a=b'], '--rename'],
  ['dlq/replay', ['--allow-special-values'], '--allow-special-values'],
  ['dlq/replay', ['--max-bytes', '100'], '--max-bytes'],
  ['dlq/replay', ['--dry-run', '--rate', '5'], '--rate'],
  ['dlq/replay', ['--dry-run', '--canary', '5'], '--canary'],
  ['dlq/export', ['--raw'], '--raw'],
  ['undo', ['3fa85f64', '--last'], '--last'],
  ['bench/sustained', ['--seed', '3'], '--seed'],
  ['bench/sustained', ['--workers', '0', '--batch', '3'], '--batch'],
  ['bench/capacity', ['--seed', '3'], '--seed'],
  ['bench/modes', ['--mode', 'single', '--batches', '3'], '--batches'],
  ['bench/connections', ['--no-server', '--most', '3'], '--most'],
]

it.each(LINES)('qtool %s %j refuses %s, which would do nothing', async (name, line, flag) => {
  const {default: command} = await import(
    fileURLToPath(new URL(`../../src/commands/${name}.ts`, import.meta.url))
  )
  const {code, stdout, stderr} = await runCommand(command, [...line, ...URLS])
  expect({code, stdout}).toEqual({code: 2, stdout: ''})
  expect(stderr).toContain(`${flag} has no effect`)
})

it('qtool dlq replay takes flags that go together', async () => {
  const {default: command} = await import('../../src/commands/dlq/replay.ts')
  const {code} = await runCommand(command, ['--only-passing', '--strict', '--rate', '5', ...URLS])
  expect(code).toBe(4)
})

it('qtool work refuses more processes than workers, which would be fewer', async () => {
  const {default: command} = await import('../../src/commands/work.ts')
  const {code, stderr} = await runCommand(command, ['--workers', '4', '--processes', '8', ...URLS])
  expect(code).toBe(2)
  expect(stderr).toContain('expected --processes to be at most --workers (4), got 8')
})
