import {Command, Flags, type Interfaces} from '@oclif/core'
import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {expandProfile, findProfile, profilePath, readProfiles} from './config/profiles.ts'
import {hasPassword, maskSecrets} from './config/secrets.ts'
import {
  assertWritable,
  requireUrl,
  resolveSettings,
  type SettingFlags,
  type Settings,
} from './config/settings.ts'
import {type ErrorKind, messageOf, QtoolError} from './errors.ts'
import {escapeControls} from './render/escape.ts'
import {readStack} from './stack/state.ts'

/** The one table of exit codes; the same with and without --json. */
export const EXIT_CODES: Record<ErrorKind | 'interrupted', number> = {
  failure: 1,
  usage: 2,
  partial: 3,
  connect: 4,
  check: 5,
  refused: 6,
  measurement: 7,
  interrupted: 130,
}

export const connectionFlags = {
  profile: Flags.string({summary: 'Named settings to use.', helpValue: 'NAME', helpGroup: 'CONNECTION'}),
  'redis-url': Flags.string({summary: 'Redis to use.', helpValue: 'URL', helpGroup: 'CONNECTION'}),
  'database-url': Flags.string({summary: 'Postgres to use.', helpValue: 'URL', helpGroup: 'CONNECTION'}),
}

export const queueFlag = {
  queue: Flags.string({char: 'q', summary: 'Queue to work on.', helpValue: 'NAME'}),
}

/** See `progress`. */
export interface Progress {
  update(text: string): void
  stop(): void
}

/** A JSON error, and nothing else. */
interface JsonError {
  error: {code: string; message: string; suggestions: string[]}
}

/** Base of every command: `run` returns the JSON result, prints the same as text, and never exits by itself. */
export abstract class QtoolCommand<T extends object> extends Command {
  static override enableJsonFlag = true

  abstract override run(): Promise<T>

  /** Settings from flags, environment, profile and the running local stack. */
  protected async settings(flags: SettingFlags): Promise<Settings> {
    const {env} = process
    const book = await readProfiles(profilePath(env))
    const name = flags.profile ?? (env.QTOOL_PROFILE || book.current)
    const profile = name ? expandProfile(findProfile(book, name), env) : undefined
    for (const flag of ['redis-url', 'database-url'] as const) {
      if (hasPassword(flags[flag] ?? '')) {
        this.note(
          `--${flag} holds a password, which others on this machine can see; an environment variable or a profile hides it`,
        )
      }
    }
    return resolveSettings({flags, env, profile, stack: await readStack(env)})
  }

  /** Lends a Redis client and closes it on every path. */
  protected async withRedis<R>(settings: Settings, use: (redis: Redis) => Promise<R>): Promise<R> {
    const {withRedis} = await import('./redis/connect.ts')
    const {QTOOL_REDIS_CA: ca, QTOOL_REDIS_CERT: cert, QTOOL_REDIS_KEY: key} = process.env
    return withRedis(requireUrl(settings, 'redisUrl'), {tls: {ca, cert, key}}, use)
  }

  /** Lends a Postgres pool and closes it on every path. */
  protected async withPostgres<R>(
    settings: Settings,
    options: {max: number},
    use: (pool: Pool) => Promise<R>,
  ): Promise<R> {
    const {withPool} = await import('./sink/pool.ts')
    return withPool(requireUrl(settings, 'databaseUrl'), options, use)
  }

  /** Every command that changes something says so first: refuses protected profiles, names a target that is not local. */
  protected writing(settings: Settings): void {
    assertWritable(settings)
    for (const url of [settings.redisUrl, settings.databaseUrl]) {
      if (url?.source === 'profile')
        this.note(`writing to ${maskSecrets(url.value)} (profile ${settings.profile?.name})`)
    }
  }

  /** One line for the person at the terminal; stdout stays the answer. */
  protected note(text: string): void {
    process.stderr.write(`${escapeControls(maskSecrets(text))}\n`)
  }

  /** The result stands, but the exit code is that of `kind`. */
  protected endAs(kind: ErrorKind | 'interrupted'): void {
    process.exitCode = EXIT_CODES[kind]
  }

  /**
   * Asks before something is destroyed.
   * @throws QtoolError (refused) on "no", and without a terminal to ask at
   */
  protected async confirm(what: string, options: {yes: boolean}): Promise<void> {
    if (options.yes) return
    const refused = (why: string) =>
      new QtoolError(`${what}: ${why}`, {
        code: 'UNCONFIRMED',
        kind: 'refused',
        suggestions: ['add --yes to say that you mean it'],
      })
    if (!process.stdin.isTTY) throw refused('there is no terminal to ask at')
    const {createInterface} = await import('node:readline/promises')
    const prompt = createInterface({input: process.stdin, output: process.stderr})
    const answer = await prompt.question(`${what}. Go on? [y/N] `)
    prompt.close()
    if (!/^y(es)?$/i.test(answer.trim())) throw refused('you said no')
  }

  /** A line at the terminal that shows how far long work has come; silent elsewhere. */
  protected async progress(text: string): Promise<Progress> {
    if (!process.stderr.isTTY) return {update: () => {}, stop: () => {}}
    const {default: ora} = await import('ora')
    const spinner = ora({text, stream: process.stderr}).start()
    return {
      update: (next) => {
        spinner.text = next
      },
      stop: () => spinner.stop(),
    }
  }

  /** Columns that text may take. */
  protected get width(): number {
    return process.stdout.columns ?? 160
  }

  /** Aborted by the first Ctrl-C or SIGTERM; the second leaves at once. */
  protected interruption(): AbortSignal {
    const controller = new AbortController()
    const onSignal = () => {
      if (controller.signal.aborted) process.exit(EXIT_CODES.interrupted)
      this.note('stopping: what is held will be finished; press Ctrl-C again to leave at once')
      controller.abort()
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
    return controller.signal
  }

  override async catch(error: Interfaces.CommandError): Promise<void> {
    const {code, kind, message, suggestions} = describe(error)
    process.exitCode = EXIT_CODES[kind]
    if (this.jsonEnabled()) {
      this.logJson(this.toErrorJson(error))
      return
    }
    process.stderr.write(`qtool: ${message}\n`)
    for (const suggestion of suggestions) process.stderr.write(`  → ${suggestion}\n`)
    if (code === 'UNEXPECTED' && process.env.QTOOL_TRACE)
      process.stderr.write(`${maskSecrets(error.stack ?? '')}\n`)
  }

  /** Never the parse output or the config, which hold flag values and the whole command line. */
  protected override toErrorJson(error: unknown): JsonError {
    const {code, message, suggestions} = describe(error)
    return {error: {code, message, suggestions}}
  }
}

function describe(error: unknown): {code: string; kind: ErrorKind; message: string; suggestions: string[]} {
  const message = escapeControls(maskSecrets(messageOf(error)))
  if (error instanceof QtoolError) {
    return {code: error.code, kind: error.kind, message, suggestions: error.suggestions.map(maskSecrets)}
  }
  // What oclif throws for flags and arguments carries its own exit code.
  if (error instanceof Error && 'oclif' in error) {
    const help = 'add --help to see what the command takes'
    return {code: 'USAGE', kind: 'usage', message: message.split('\nSee more help')[0], suggestions: [help]}
  }
  return {
    code: 'UNEXPECTED',
    kind: 'failure',
    message,
    suggestions: ['set QTOOL_TRACE=1 to see where it happened'],
  }
}
