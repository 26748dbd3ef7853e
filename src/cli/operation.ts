import {assertWritable, type Settings} from '../config/settings.ts'
import type {Caller, Context} from '../operations/context.ts'
import type {Consent, Plan} from '../operations/operation.ts'
import type {SurveyOptions} from '../queue/survey/queue-survey.ts'
import {QtoolCommand} from './command.ts'
import {whoAmI} from './who-am-i.ts'

/** Base of the commands that hand what they do to an operation. */
export abstract class OperationCommand<T extends object> extends QtoolCommand<T> {
  /** @param signal ends the operation early; without one, Ctrl-C ends the command at once */
  protected caller(settings: Settings, signal = new AbortController().signal): Caller {
    let isNamed = false
    const caller: Caller = {
      actor: {
        who: whoAmI(),
        profile: settings.profile?.name ?? null,
        assertMayWrite: () => {
          if (!isNamed) this.writing(settings)
          isNamed = true
        },
        assertMayTry: () => assertWritable(settings),
      },
      mapping: settings,
      signal,
      note: (text) => this.note(text),
      withProgress: async (doing, work) => {
        const progress = await this.progress(doing)
        return work(progress.update).finally(progress.stop)
      },
      withQueue: (use) => this.#withQueue(settings, caller, use),
      withPostgres: (options, use) => this.withPostgres(settings, options, use),
    }
    return caller
  }

  /** How far an operation may go: `question` says what the user agrees to. */
  protected consent<P extends Plan>(
    flags: {'dry-run': boolean; yes: boolean},
    question: (plan: P) => string,
  ): Consent<P> {
    return {dryRun: flags['dry-run'], confirm: (plan) => this.confirm(question(plan), flags)}
  }

  async #withQueue<R>(settings: Settings, caller: Caller, use: (context: Context) => Promise<R>): Promise<R> {
    const {openAudit} = await import('../queue/audit.ts')
    const {openQueue} = await import('../queue/open.ts')
    const {QueueSurvey} = await import('../queue/survey/queue-survey.ts')
    return this.withRedis(settings, (redis) => {
      const queue = openQueue(redis, {name: settings.queue.value})
      const surveyQueues = (options: SurveyOptions) => new QueueSurvey(redis, options)
      return use({...caller, queue, audit: openAudit(redis), surveyQueues})
    })
  }
}
