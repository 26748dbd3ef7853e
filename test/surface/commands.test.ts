import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {describeCommands} from './command-surface.ts'

it('has the commands, arguments and flags of commands.snapshot', async () => {
  const {commands} = JSON.parse(readFileSync('oclif.manifest.json', 'utf8'))
  await expect(
    describeCommands(commands),
    'the command line has changed; if it is meant to: npm test -- test/surface --update',
  ).toMatchFileSnapshot('commands.snapshot')
})
