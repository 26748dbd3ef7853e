import {execFileSync} from 'node:child_process'
import {expect, it} from 'vitest'
import Completion from '../../src/commands/completion.ts'
import {runCommand} from '../support/run-command.ts'

it.each(['bash', 'zsh', 'fish'])(
  'completion %s prints a script that says how to install it',
  async (shell) => {
    const {code, stdout} = await runCommand(Completion, [shell])
    expect(code).toBe(0)
    expect(stdout).toContain(`# Install: qtool completion ${shell} >`)
    expect(stdout).toContain(`qtool complete ${shell} `)
  },
)

it('completion bash is a script that bash can read', async () => {
  const {stdout} = await runCommand(Completion, ['bash'])
  execFileSync('bash', ['-n'], {input: stdout})
})

it('completion refuses a shell that it does not know', async () => {
  const {code, stderr} = await runCommand(Completion, ['tcsh'])
  expect(code).toBe(2)
  expect(stderr).toContain('bash, zsh, fish')
})
