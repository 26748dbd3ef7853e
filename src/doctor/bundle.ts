import {readFile, writeFile} from 'node:fs/promises'
import {Check, Errors} from 'typebox/schema'
import {messageOf, NEW_FILE, type QtoolError, usageError} from '../errors.ts'
import {assertFileName} from '../file-name.ts'
import {type Facts, FORMAT, KIND} from './facts.ts'
import {FactsShape} from './shape.ts'

/** Writes facts to a new file, for `--from`. @throws QtoolError (usage) if the file is there, or cannot be made */
export async function writeBundle(path: string, facts: Facts): Promise<void> {
  assertFileName(path, '--bundle', NEW_FILE)
  const text = `${JSON.stringify(facts, null, 2)}\n`
  await writeFile(path, text, {flag: 'wx', mode: 0o600}).catch((error: unknown) => {
    throw usageError(`cannot create the file of --bundle: ${messageOf(error)}`, NEW_FILE)
  })
}

/** Reads facts that `--bundle` has written. @throws QtoolError (usage) that says what is wrong with the file */
export async function readBundle(path: string): Promise<Facts> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw usageError(
      `cannot read the file of --from: ${messageOf(error)}`,
      'qtool doctor --bundle FILE writes one',
    )
  })
  const value = parse(text, path)
  if (Check(FactsShape, value)) return value
  throw notABundle(path, whyNot(value))
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw notABundle(path, `it is not JSON: ${messageOf(error)}`)
  }
}

function whyNot(value: unknown): string {
  const {kind, format} = (value ?? {}) as Partial<Facts>
  if (kind === undefined) return 'it has no field "kind"'
  if (kind !== KIND) return `its "kind" is ${JSON.stringify(kind)}, not "${KIND}"`
  if (format !== FORMAT)
    return `its format is ${JSON.stringify(format)}, and this qtool reads format ${FORMAT}`
  const [, [fault]] = Errors(FactsShape, value)
  return fault ? `${fault.instancePath || '/'} ${fault.message}` : 'it is not of the form that qtool writes'
}

/** @throws QtoolError (usage) */
export function notABundle(path: string, why: string): QtoolError {
  return usageError(
    `expected ${path} to be a bundle of qtool doctor, but ${why}`,
    'make one on the machine in question: qtool doctor --bundle FILE',
  )
}
