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
  const named = namedPart(wanted, known)
  const near = nearest(wanted, known) ?? nearest(named, known)
  const help = near ? [`did you mean qtool ${near}?`] : []
  const error = usageError(
    `unknown command ${JSON.stringify(named)}`,
    ...help,
    'qtool --help lists the commands',
  )
  const view = viewError(error, maskSecrets)
  process.exitCode = EXIT_CODES.usage
  if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(jsonError(view), null, 2)}\n`)
  else process.stderr.write(`${renderError(view)}\n`)
}

/** The words up to the first that is no topic, as `dlq` is: what follows is an argument. */
function namedPart(wanted: string, known: string[]): string {
  const words = wanted.split(' ')
  const isTopic = (end: number) => known.some((name) => name.startsWith(`${words.slice(0, end).join(' ')} `))
  const last = words.findIndex((_, i) => !isTopic(i + 1))
  return words.slice(0, last < 0 ? words.length : last + 1).join(' ')
}
