import {maskSecrets} from '../config/secrets.ts'
import {EXIT_CODES, usageError} from '../errors.ts'
import {jsonError, renderError, viewError} from '../render/error.ts'
import {nearest} from '../render/nearest.ts'

interface NotFound {
  id: string
  argv?: string[]
  config: {commandIDs: string[]}
}

/** A command that does not exist fails like any other wrong use, also with --json. */
export default async function commandNotFound({id, argv = [], config}: NotFound): Promise<void> {
  const known = config.commandIDs.map((command) => command.replaceAll(':', ' '))
  // What follows a word that cannot be a command may hold anything, a URL with its password too.
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
