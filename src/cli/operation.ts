import {Flags} from '@oclif/core'
import {addressOf, type Settings} from '../config/settings.ts'
import {shellWord} from '../config/shell-word.ts'
import {assertWritable} from '../config/writable.ts'
import type {Caller, Context} from '../operations/context.ts'
import type {Operation, Plan} from '../operations/operation.ts'
import type {Sight} from '../operations/top.ts'
import {QtoolCommand} from './command.ts'
import {whoAmI} from './who-am-i.ts'

/** The flag of every operation that can be planned. */
export const planFlag = {
  plan: Flags.string({
    summary: 'Write what would be done to this new file, for "qtool apply".',
    helpValue: 'FILE',
    exclusive: ['dry-run', 'yes'],
  }),
}

interface PlanningFlags {
  'dry-run': boolean
  yes?: boolean
  plan?: string
}

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
      withProgress: (stage, work) => this.withProgress(stage, work),
      withQueue: (use) => this.#withQueue(settings, caller, use),
      withPostgres: (options, use) => this.withPostgres(settings, options, use),
    }
    return caller
  }

  /** Performs an operation as --dry-run, --yes and --plan say. @param ask what the user agrees to */
  protected async perform<Input extends object, P extends Plan, Result>(
    caller: Caller,
    operation: Operation<Input, P, Result>,
    input: Input,
    {flags, ask}: {flags: PlanningFlags; ask: (plan: P) => string},
  ): Promise<{plan: P; result: Result; dryRun: boolean}> {
    if (flags.plan !== undefined) {
      const {makePlan} = await import('../operations/plans/make.ts')
      const made = await makePlan(caller, operation, input, flags.plan)
      this.note(`the plan is in ${flags.plan}; "qtool apply ${shellWord(flags.plan)}" runs it`)
      return {...made, dryRun: true}
    }
    const {perform} = await import('../operations/operation.ts')
    const dryRun = flags['dry-run']
    const confirm = (plan: P) => this.confirm(ask(plan), {yes: flags.yes ?? false})
    return {...(await perform(caller, operation, input, {dryRun, confirm})), dryRun}
  }

  /**
   * Lends a connection through which any queue is looked at. It outlasts any outage: a call fails after some seconds, and
   * works again once the server is back.
   */
  protected async withSight<R>(settings: Settings, use: (sight: Sight) => Promise<R>): Promise<R> {
    const {openSight} = await import('./sight.ts')
    let last: unknown
    const onError = (error: unknown) => {
      last = error
    }
    const patient = {reconnectMs: Number.POSITIVE_INFINITY, commandMs: 5000, onError}
    return this.withRedis(settings, async (redis) => use(openSight(redis, settings, () => last)), patient)
  }

  async #withQueue<R>(settings: Settings, caller: Caller, use: (context: Context) => Promise<R>): Promise<R> {
    const {openContext} = await import('../operations/open-context.ts')
    return this.withRedis(settings, async (redis) =>
      use(await openContext(caller, redis, addressOf(settings))),
    )
  }
}
