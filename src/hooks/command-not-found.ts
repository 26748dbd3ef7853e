import {EXIT_CODES} from '../command.ts'
import {maskSecrets} from '../config/secrets.ts'
import {usageError} from '../errors.ts'
import {jsonError, renderError, viewError} from '../render/error.ts'

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
    `expected a command, got ${JSON.stringify(wanted)}`,
    ...help,
    'qtool --help lists the commands',
  )
  const view = viewError(error, maskSecrets)
  process.exitCode = EXIT_CODES.usage
  if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(jsonError(view), null, 2)}\n`)
  else process.stderr.write(`${renderError(view)}\n`)
}

/** The known name that takes the fewest changes, if they are few. */
function nearest(wanted: string, known: string[]): string | undefined {
  const ranked = known.map((name) => ({name, changes: distance(wanted, name)}))
  const best = ranked.sort((a, b) => a.changes - b.changes)[0]
  return best && best.changes <= Math.max(2, wanted.length / 3) ? best.name : undefined
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1))
    }
    row = next
  }
  return row[b.length]
}
