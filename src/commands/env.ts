import {Flags} from '@oclif/core'
import {QtoolCommand} from '../cli/command.ts'
import {connectionFlags} from '../cli/shared-flags.ts'
import {requireUrl} from '../config/require-url.ts'
import {EXPORTING_SHELLS, shellExports} from '../render/shell-exports.ts'

interface EnvResult {
  shell: (typeof EXPORTING_SHELLS)[number]
  variables: Record<string, string>
}

export default class Env extends QtoolCommand<EnvResult> {
  static override summary = 'Print REDIS_URL and DATABASE_URL for a shell, with their passwords.'
  static override description =
    'With them, other programs use the same servers as qtool, such as those of the local stack or of a profile.'
  static override examples = [
    'eval "$(<%= config.bin %> env)"',
    '<%= config.bin %> env --shell fish | source',
    'eval "$(<%= config.bin %> env --profile staging)"',
  ]
  static override flags = {
    ...connectionFlags,
    shell: Flags.option({options: EXPORTING_SHELLS})({
      summary: 'Shell to print for (default: from $SHELL).',
    }),
  }

  protected override readonly isVerbatim = true

  async run(): Promise<EnvResult> {
    const {flags} = await this.parse(Env)
    const settings = await this.settings(flags)
    const {shell = process.env.SHELL?.endsWith('fish') ? 'fish' : 'sh'} = flags
    const variables = {
      REDIS_URL: requireUrl(settings, 'redisUrl'),
      DATABASE_URL: requireUrl(settings, 'databaseUrl'),
    }
    this.log(shellExports(variables, shell))
    if (process.stdout.isTTY) {
      const words = shell === 'fish' ? 'qtool env | source' : 'eval "$(qtool env)"'
      this.note(`these hold passwords; ${words} sets them without showing them`)
    }
    return {shell, variables}
  }
}
