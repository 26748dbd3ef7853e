import {maskSecrets} from '../config/secrets.ts'
import {EXIT_CODES, usageError} from '../errors.ts'
import {nearest} from '../nearest.ts'
import {jsonError, renderError, viewError} from '../render/error.ts'

interface NotFound {
  id: string
  argv?: string[]
  config: {commandIDs: string[]}
}

/** Reports an unknown command like any other usage error, also with --json. */
export default async function commandNotFound({id, argv = [], config}: NotFound): Promise<void> {
  const known = config.commandIDs.map((command) => command.replaceAll(':', ' '))
  // Shows only the part that can be a command name: the rest may be anything, even a URL with its password.
  const [wanted = ''] = /^[\w-]+(:[\w-]+)*/.exec(id)?.map((name) => name?.replaceAll(':', ' ')) ?? []
  const near = nearest(wanted, known)
  const help = near ? [`did you mean qtool ${near}?`] : []
  const error = usageError(
    `unknown command ${JSON.stringify(wanted)}`,
    ...help,
    'qtool --help lists the commands',
  )
  const view = viewError(error, maskSecrets)
  process.exitCode = EXIT_CODES.usage
  if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(jsonError(view), null, 2)}\n`)
  else process.stderr.write(`${renderError(view)}\n`)
}
