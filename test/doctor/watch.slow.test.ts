import {expect, it} from 'vitest'
import {runningCli, until} from '../support/cli.ts'

it('is repeated with --watch until Ctrl-C, each view a line of JSON', {timeout: 60_000}, async () => {
  const {child, ended} = runningCli(['doctor', '--watch', '--json'])
  let text = ''
  child.stdout.on('data', (part) => {
    text += part
  })
  await until(() => text.split('\n').length > 2)
  child.kill('SIGINT')
  const {code, stdout} = await ended
  expect(code).toBe(130)
  const [first, second] = stdout.split('\n').map((line) => line && JSON.parse(line))
  expect(Date.parse(second.at)).toBeGreaterThan(Date.parse(first.at))
})
