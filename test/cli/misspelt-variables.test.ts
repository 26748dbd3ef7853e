import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {misspeltVariables} from '../../src/cli/misspelt-variables.ts'
import ProfilesList from '../../src/commands/profiles/list.ts'
import {runCommand} from '../support/run-command.ts'

it('a misspelt variable of qtool is named on stderr', async () => {
  const {code, stderr} = await runCommand(ProfilesList, [], {QTOOL_QEUE: 'orders'})
  expect({code, stderr}).toEqual({
    code: 0,
    stderr: 'qtool does not read QTOOL_QEUE; did you mean QTOOL_QUEUE?\n',
  })
})

it('variables that resemble none of qtool are left alone', () => {
  const env = {QTOOL_TEST_REDIS: '/x', QTOOL_TEST_POSTGRES: '14', QTOOL_VERSION: '1', QTOOLQUEUE: 'a'}
  expect(misspeltVariables(env)).toEqual([])
})

it('no variable that the documentation names passes for misspelt', () => {
  const pages = ['docs/configuration.md', 'src/commands/up.ts'].map((path) => readFileSync(path, 'utf8'))
  const named = pages.join('\n').match(/\bQTOOL_[A-Z_]*[A-Z]\b/g) ?? []
  expect(named.length).toBeGreaterThan(8)
  expect(misspeltVariables(Object.fromEntries(named.map((name) => [name, 'x'])))).toEqual([])
})
