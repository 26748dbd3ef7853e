import {readFile} from 'node:fs/promises'
import {Args} from '@oclif/core'
import {QtoolCommand} from '../cli/command.ts'
import {packageFile} from '../package-file.ts'

interface CompletionResult {
  shell: string
  script: string
}

export default class Completion extends QtoolCommand<CompletionResult> {
  static override summary = 'Print the script that lets a shell complete qtool.'
  static override description =
    `Its first lines say where to put it. The shell then completes commands, flags and their values, names of profiles,
files, and what it asks Redis for: names of queues, and reasons, codes, columns, constraints and ids of dead letters. A
server that does not answer at once is not waited for.`
  static override examples = [
    '<%= config.bin %> completion bash >> ~/.bashrc',
    '<%= config.bin %> completion fish > ~/.config/fish/completions/qtool.fish',
  ]
  static override args = {
    shell: Args.string({
      required: true,
      ignoreStdin: true,
      options: ['bash', 'zsh', 'fish'],
      description: 'Shell that reads it.',
    }),
  }

  protected override readonly isVerbatim = true

  async run(): Promise<CompletionResult> {
    const {args} = await this.parse(Completion)
    const path = packageFile('completions', `qtool.${args.shell}`)
    const script = await readFile(path, 'utf8')
    this.log(script.trimEnd())
    return {shell: args.shell, script}
  }
}
