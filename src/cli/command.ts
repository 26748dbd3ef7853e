import {Command, Flags, type Interfaces} from '@oclif/core'
import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {assertNoEmptyValue, assertNoEmptyVariable} from '../config/empty-values.ts'
import {requireUrl} from '../config/require-url.ts'
import {createRedactor, isLocalUrl, maskUrl} from '../config/secrets.ts'
import {serversLine} from '../config/server-place.ts'
import {addressOf, type SettingFlags, type Settings} from '../config/settings.ts'
import {assertWritable} from '../config/writable.ts'
import {type ErrorKind, EXIT_CODES} from '../errors.ts'
import type {Interrupt} from '../interrupt.ts'
import type {PoolOptions} from '../postgres/pool.ts'
import {type ConnectionBudget, connectionBudget} from '../redis/budget.ts'
import type {ConnectOptions} from '../redis/connect.ts'
import {sentinelLoginOf} from '../redis/sentinel/login.ts'
import {shownRedisUrl} from '../redis/shown-url.ts'
import type {TlsFiles} from '../redis/tls-files.ts'
import {type ErrorView, jsonError, renderError, viewError} from '../render/error.ts'
import {escapeControls} from '../render/escape.ts'
import {type Style, styleFor} from '../render/style.ts'
import {wrapped} from '../render/wrap.ts'
import {isWorkerProcess} from '../worker/child.ts'
import {thrownByFlag} from './flag-kind.ts'
import {askingListEnd} from './list-end.ts'
import {meantWords} from './meant-words.ts'
import {misspeltVariables} from './misspelt-variables.ts'
import {onTerminal} from './on-terminal.ts'
import {withQueueArgument} from './queue-argument.ts'
import {readSettings} from './read-settings.ts'
import {
  askToGoOn,
  listenForBrokenOutput,
  listenForInterrupts,
  type Progress,
  startProgress,
} from './terminal.ts'

/** Base of every command: `run` returns the JSON result, prints the same as text, and never exits by itself. */
export abstract class QtoolCommand<T extends object> extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    'no-color': Flags.boolean({summary: 'No colors, as with NO_COLOR.', helpGroup: 'GLOBAL'}),
  }

  abstract override run(): Promise<T>

  #budget?: ConnectionBudget

  #tlsFiles: TlsFiles = {}

  readonly #stopped = new AbortController()

  /** What was said once, and is not said again. */
  readonly #noted = new Set<string>()

  /** URLs this command has seen; their passwords are masked in every message. */
  readonly #urls: string[] = []

  /** Settings from flags, environment, profile and the running local stack. */
  protected async settings(flags: SettingFlags): Promise<Settings> {
    const {settings, tlsFiles} = await readSettings(flags, this.argv, (text) => this.note(text))
    this.#urls.push(...[settings.redisUrl, settings.databaseUrl].flatMap((url) => url?.value ?? []))
    this.#budget = connectionBudget(settings)
    this.#tlsFiles = tlsFiles
    return settings
  }

  /** Lends a Redis client and closes it on every path. */
  protected async withRedis<R>(
    settings: Settings,
    use: (redis: Redis) => Promise<R>,
    options: ConnectOptions = {},
  ): Promise<R> {
    const url = requireUrl(settings, 'redisUrl')
    const {withRedis} = await import('../redis/connect.ts')
    const {readFrom} = settings
    return withRedis(url, {...this.redisOptions, readFrom, ...options}, (redis) =>
      askingListEnd(settings, () => use(redis)).catch(async (error: unknown) => {
        // A server that is away cannot be asked what the queue is, and asking takes its time
        const {isRedisAway} = await import('../redis/failure.ts')
        if (isRedisAway(error)) throw error
        const {openQueue} = await import('../queue/open.ts')
        const queue = await openQueue(redis, addressOf(settings)).catch(() => undefined)
        throw queue ? await queue.explain(error) : error
      }),
    )
  }

  /** How this command connects to Redis. */
  protected get redisOptions(): ConnectOptions {
    return {
      tls: this.#tlsFiles,
      sentinelLogin: sentinelLoginOf(process.env),
      budget: this.connectionBudget,
      interrupt: this.interrupt,
    }
  }

  /** Shared by all connections to Redis that this command opens; available once the settings are known. */
  protected get connectionBudget(): ConnectionBudget {
    if (!this.#budget) throw new Error('expected the settings to be read before a connection is opened')
    return this.#budget
  }

  /** Lends a Postgres pool and closes it on every path. */
  protected async withPostgres<R>(
    settings: Settings,
    options: PoolOptions,
    use: (pool: Pool) => Promise<R>,
  ): Promise<R> {
    const url = requireUrl(settings, 'databaseUrl')
    const {withPool} = await import('../postgres/pool.ts')
    const onShared = () =>
      this.note(
        `Postgres allows fewer than the ${options.max} connections requested; workers share those available`,
      )
    return withPool(url, {onShared, interrupt: this.interrupt, ...options}, use)
  }

  /** For every command that writes: refuses protected profiles, and names a target that is not local. */
  protected writing(settings: Settings): void {
    assertWritable(settings)
    for (const url of [settings.redisUrl, settings.databaseUrl]) {
      if (!url || isLocalUrl(url.value)) continue
      const origin = url.source === 'profile' ? `profile ${settings.profile?.name}` : url.source
      const shown = url === settings.redisUrl ? shownRedisUrl(url.value) : maskUrl(url.value)
      this.note(`writing to ${shown} (${origin})`)
    }
  }

  /** Prints a line on stderr for the user; stdout carries only the result. */
  protected note(text: string): void {
    process.stderr.write(`${onTerminal(escapeControls(this.redact(text)), process.stderr)}\n`)
  }

  /** Prints a part of the result; on a terminal, lines that are too wide are broken between their words. */
  override log(text = ''): void {
    super.log(this.isVerbatim ? text : onTerminal(text, process.stdout))
  }

  /** Whether what is printed must not be broken into lines, because it is copied. */
  protected readonly isVerbatim: boolean = false

  /** How parts of the result look. */
  protected get style(): Style {
    return styleFor(process.env, process.stdout.isTTY)
  }

  /** A server is given up by each of its connections. */
  #noteOnce(text: string): void {
    if (this.#noted.has(text)) return
    this.#noted.add(text)
    this.note(text)
  }

  /** Sets the exit code of `kind`, for a command that also has a result. */
  protected endAs(kind: ErrorKind): void {
    process.exitCode = EXIT_CODES[kind]
  }

  /** Asks before something is destroyed. @throws QtoolError (refused) on "no", and without a terminal to ask at */
  protected async confirm(what: string, options: {yes: boolean}): Promise<void> {
    if (!options.yes) await askToGoOn(what)
  }

  /** A progress line on a terminal; silent elsewhere. */
  protected progress(text: string): Promise<Progress> {
    return startProgress(text)
  }

  /** The servers and the profile of a view, as its first lines. */
  protected servers(settings: Settings): string {
    return wrapped(serversLine(settings), {width: this.width, first: '', rest: '  '})
  }

  /** A view that begins with its servers where a person looks at it. */
  protected headed(settings: Settings, text: string): string {
    return process.stdout.isTTY ? `${this.style.faint(this.servers(settings))}\n${text}` : text
  }

  /** Lines of a terminal that a view can have below its servers and above the next prompt; a pipe has no end. */
  protected height(settings: Settings): number {
    const {isTTY, rows} = process.stdout
    return isTTY && rows ? rows - this.servers(settings).split('\n').length - 1 : Number.POSITIVE_INFINITY
  }

  /** Width of the terminal in columns. */
  protected get width(): number {
    return process.stdout.columns || 160
  }

  /**
   * Aborted by the first Ctrl-C, SIGTERM or SIGHUP; the second leaves at once.
   * @param doing what the user is told of the first; null if there is nothing to wait for
   */
  protected interruption(doing: string | null = 'stopping'): AbortSignal {
    const say = () => this.note(`${doing}; press Ctrl-C again to quit now`)
    const isSilent = doing === null || isWorkerProcess(process.env)
    const signal = listenForInterrupts(isSilent ? () => {} : say, () => process.exit(EXIT_CODES.interrupted))
    signal.addEventListener('abort', () => this.#stopped.abort())
    return signal
  }

  /** What connections of this command are told of the first Ctrl-C. */
  protected get interrupt(): Interrupt {
    return {signal: this.#stopped.signal, note: (text) => this.#noteOnce(text)}
  }

  /** Refuses empty values: a script with an unset variable would otherwise work on the default queue. */
  protected override async parse<
    F extends Record<string, unknown>,
    B extends Record<string, unknown>,
    A extends Record<string, unknown>,
  >(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv).catch((error: unknown) => {
      throw thrownByFlag(error)
    })
    assertNoEmptyValue('flag', parsed.flags)
    assertNoEmptyValue('argument', {...parsed.args, file: parsed.argv})
    return withQueueArgument(parsed)
  }

  override async init(): Promise<void> {
    await super.init()
    const end = this.argv.indexOf('--')
    const own = end < 0 ? this.argv : this.argv.slice(0, end)
    if (own.includes('--no-color')) process.env.NO_COLOR = '1'
    assertNoEmptyVariable(process.env)
    if (!isWorkerProcess(process.env)) for (const text of misspeltVariables(process.env)) this.note(text)
    listenForBrokenOutput()
  }

  /** The one way an error leaves a command, the same code with and without --json. */
  override async catch(error: Interfaces.CommandError): Promise<void> {
    const view = viewError(error, this.redact)
    view.suggestions.unshift(...meantWords(view.message, Object.keys(this.ctor.flags ?? {})))
    process.exitCode = EXIT_CODES[view.kind]
    if (this.jsonEnabled()) return this.logJson(jsonError(view))
    this.showError(view)
    if (process.env.DEBUG) process.stderr.write(`${escapeControls(this.redact(error.stack ?? ''))}\n`)
  }

  protected showError(view: ErrorView): void {
    const style = styleFor(process.env, process.stderr.isTTY)
    process.stderr.write(`${onTerminal(renderError(view, style), process.stderr)}\n`)
  }

  /** JSON.stringify leaves C1 and bidirectional controls raw; as \uXXXX they are the same JSON. */
  override logJson(json: unknown): void {
    process.stdout.write(`${escapeControls(JSON.stringify(json, null, 2))}\n`)
  }

  /** Masks every password that this command may have seen. */
  protected readonly redact = (text: string): string => {
    const {REDIS_URL = '', DATABASE_URL = '', PGPASSWORD = '', QTOOL_SENTINEL_PASSWORD = ''} = process.env
    const urls = [REDIS_URL, DATABASE_URL, ...this.argv, ...this.#urls]
    return createRedactor(urls, [PGPASSWORD, QTOOL_SENTINEL_PASSWORD])(text)
  }
}
