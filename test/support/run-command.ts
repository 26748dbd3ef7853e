import {vi} from 'vitest'

interface CommandClass {
  run(argv: string[], options: {root: string}): Promise<unknown>
}

/** The outcome of a command. */
export interface Outcome {
  stdout: string
  stderr: string
  /** Exit code. */
  code: number
  /** stdout as JSON; undefined if it is not JSON. */
  json: unknown
}

/** Resets variables of the machine that would change what a command does. */
const CLEAN = {
  REDIS_URL: undefined,
  DATABASE_URL: undefined,
  REDIS_MAX_CONNECTIONS: undefined,
  QTOOL_PROFILE: undefined,
  QTOOL_QUEUE: undefined,
  QTOOL_TABLE: undefined,
  QTOOL_RECORDS: undefined,
  QTOOL_ROUTE: undefined,
  QTOOL_PAYLOAD: undefined,
  QTOOL_CONFIG: '/nowhere/profiles.json',
  QTOOL_HOME: '/nowhere',
  DEBUG: '',
  // Otherwise oclif prints a warning for developers if a command fails before it has parsed its arguments
  NODE_ENV: 'production',
}

/** Runs a command from its source, in this process, as the command line would. */
export async function runCommand(
  command: CommandClass,
  argv: string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  const written = {stdout: '', stderr: ''}
  for (const [name, value] of Object.entries({...CLEAN, ...env})) vi.stubEnv(name, value)
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      written[stream] += chunk.toString()
      return true
    }),
  )
  process.exitCode = undefined
  try {
    await command.run(argv, {root: process.cwd()})
    return {...written, code: Number(process.exitCode ?? 0), json: parse(written.stdout)}
  } finally {
    process.exitCode = undefined
    for (const spy of spies) spy.mockRestore()
    vi.unstubAllEnvs()
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
