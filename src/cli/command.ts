import type {Interfaces} from '@oclif/core'
import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {assertNoEmptyValue, assertNoEmptyVariable} from '../config/empty-values.ts'
import {requireUrl} from '../config/require-url.ts'
import {isLocalUrl, maskUrl} from '../config/secrets.ts'
import {addressOf, type SettingFlags, type Settings} from '../config/settings.ts'
import {assertWritable} from '../config/writable.ts'
import type {PoolOptions} from '../postgres/pool.ts'
import {type ConnectionBudget, connectionBudget} from '../redis/budget.ts'
import type {ConnectOptions} from '../redis/connect.ts'
import {sentinelLoginOf} from '../redis/sentinel/login.ts'
import {shownRedisUrl} from '../redis/shown-url.ts'
import type {TlsFiles} from '../redis/tls-files.ts'
import {isWorkerProcess} from '../worker/child.ts'
import {thrownByFlag} from './flag-kind.ts'
import {LastingCommand} from './lasting-command.ts'
import {askingListEnd} from './list-end.ts'
import {misspeltVariables} from './misspelt-variables.ts'
import {withQueueArgument} from './queue-argument.ts'
import {readSettings} from './read-settings.ts'
import {askToGoOn, listenForBrokenOutput} from './terminal.ts'

/** Base of every command: `run` returns the JSON result, prints the same as text, and never exits by itself. */
export abstract class QtoolCommand<T extends object> extends LastingCommand<T> {
  #budget?: ConnectionBudget

  #tlsFiles: TlsFiles = {}

  /** Settings from flags, environment, profile and the running local stack. */
  protected async settings(flags: SettingFlags): Promise<Settings> {
    const {settings, tlsFiles} = await readSettings(flags, this.argv, (text) => this.note(text))
    this.urls.push(...[settings.redisUrl, settings.databaseUrl].flatMap((url) => url?.value ?? []))
    this.#budget = connectionBudget(settings)
    this.#tlsFiles = tlsFiles
    const {queue, said} = settings
    const isUnsaid =
      queue.source === 'environment' && said.key === undefined && 'queue' in (this.ctor.flags ?? {})
    if (isUnsaid) this.unsaid = {queue: queue.value}
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

  /** Asks before something is destroyed. @throws QtoolError (refused) on "no", and without a terminal to ask at */
  protected async confirm(what: string, options: {yes: boolean}): Promise<void> {
    if (!options.yes) await askToGoOn(what)
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
    this.typed = parsed.raw
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
}
