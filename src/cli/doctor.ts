import type {Interfaces} from '@oclif/core'
import {requireUrl} from '../config/require-url.ts'
import {addressOf, type Settings} from '../config/settings.ts'
import type {Diagnosis} from '../doctor/diagnose.ts'
import type {Sources} from '../doctor/read-facts.ts'
import type {SentinelSource} from '../doctor/redis/sentinel-facts.ts'
import {shownRedisUrl} from '../redis/shown-url.ts'
import {viewError} from '../render/error.ts'
import {WatchCommand} from './watch.ts'

export const FORMATS = ['text', 'json', 'nagios', 'prometheus'] as const
export type Format = (typeof FORMATS)[number]

/** As monitoring plugins end. */
const CODES = {ok: 0, warning: 1, critical: 2}
const UNKNOWN = 3

/** Longest time for one of the doctor's questions, ms. */
const QUERY_MS = 10_000

/** The base of `qtool doctor`: where facts come from, and how the verdict ends the command. */
export abstract class DoctorCommand extends WatchCommand<Diagnosis> {
  /** The servers to ask. @throws QtoolError (usage) if none is configured */
  protected async sources(settings: Settings, signal: AbortSignal): Promise<Sources> {
    const {redisUrl, databaseUrl, table} = settings
    if (!redisUrl && !databaseUrl) requireUrl(settings, 'redisUrl')
    return {
      qtool: {
        version: this.config.version,
        queue: settings.queue.value,
        redisMaxConnections: settings.redisMaxConnections.value,
      },
      redis: redisUrl && this.#redis(settings, redisUrl.value),
      sentinels: redisUrl && (await this.#sentinels(redisUrl.value)),
      postgres: databaseUrl && this.#postgres(settings),
      table: table.source === 'default' ? undefined : table.value,
      signal,
    }
  }

  /** The text of a diagnosis in a format. */
  protected async renderer(format: Format): Promise<(diagnosis: Diagnosis) => string> {
    const {renderNagios, renderPrometheus} = await import('../render/doctor-formats.ts')
    const {renderDiagnosis} = await import('../render/doctor.ts')
    if (format === 'nagios') return renderNagios
    if (format === 'prometheus') return renderPrometheus
    return (diagnosis) => renderDiagnosis(diagnosis, {width: this.width, style: this.style})
  }

  protected endWith({level}: Diagnosis): void {
    process.exitCode = CODES[level]
  }

  /** `--format json` is `--json`. */
  override jsonEnabled(): boolean {
    return super.jsonEnabled() || this.#isAsked('json')
  }

  /** Nagios reads the first line of stdout, and 2 would mean that something is critical. */
  override async catch(error: Interfaces.CommandError): Promise<void> {
    if (!this.#isAsked('nagios')) return super.catch(error)
    const {renderNagiosError} = await import('../render/doctor-formats.ts')
    process.stdout.write(`${renderNagiosError(viewError(error, this.redact))}\n`)
    process.exitCode = UNKNOWN
  }

  /** Errors may come before the flags are read. */
  #isAsked(format: Format): boolean {
    return new RegExp(`(^|\\s)--format[= ]${format}(\\s|$)`).test(this.argv.join(' '))
  }

  #redis(settings: Settings, url: string): NonNullable<Sources['redis']> {
    return {
      server: shownRedisUrl(url),
      lend: async (use) => {
        const {nodeFault, openQueue, queueClient} = await import('../queue/open.ts')
        const queue = addressOf(settings)
        return this.withRedis(settings, async (redis) => {
          // Another node knows the state of the cluster as well
          const fault = await nodeFault(redis, queue)
          if (fault) return use(redis, () => Promise.reject(fault))
          return use(await queueClient(redis, queue), () => openQueue(redis, queue))
        })
      },
    }
  }

  async #sentinels(url: string): Promise<SentinelSource | undefined> {
    const {sentinelsOf} = await import('../redis/sentinel/targets.ts')
    const sentinels = sentinelsOf(url, this.redisOptions)
    if (sentinels === undefined) return undefined
    const {withRedis} = await import('../redis/connect.ts')
    const lend = sentinels.targets.map(
      (target): SentinelSource['lend'][number] =>
        (use) =>
          withRedis(target, this.redisOptions, use),
    )
    return {name: sentinels.name, lend}
  }

  #postgres(settings: Settings): NonNullable<Sources['postgres']> {
    return {
      lend: (use) =>
        this.withPostgres(settings, {max: 1, queryTimeoutMs: QUERY_MS}, async (pool) => {
          const client = await pool.connect()
          return use(client).finally(() => client.release())
        }),
    }
  }
}
