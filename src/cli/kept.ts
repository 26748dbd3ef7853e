import {Args} from '@oclif/core'
import {type SettingFlags, type Settings, withQueueName} from '../config/settings.ts'
import type {Caller} from '../operations/context.ts'
import type {CallerOf} from '../operations/kept/find.ts'
import type {KeptOperation} from '../operations/kept/kept-operation.ts'
import {OperationCommand} from './operation.ts'

/** The argument of every command about one kept operation. */
export const operationArg = {
  id: Args.string({
    required: true,
    ignoreStdin: true,
    description: 'Id of the operation, as "qtool operations" lists it.',
  }),
}

/** Base of the commands about kept operations, whose ids tell their queue. It has no static parts: oclif would lose others. */
export abstract class KeptCommand<T extends object = KeptOperation> extends OperationCommand<T> {
  /** Callers for any queue of the Redis of these settings. */
  protected callers(settings: Settings, signal?: AbortSignal): {home: Caller; callerOf: CallerOf} {
    const callerOf: CallerOf = (queue) => this.caller(withQueueName(settings, queue), signal)
    return {home: this.caller(settings, signal), callerOf}
  }

  /** A caller for the queue of an operation. @throws QtoolError (usage) `NO_OPERATION` */
  protected async callerOfOperation(settings: Settings, id: string, signal?: AbortSignal): Promise<Caller> {
    const {callerOfOperation} = await import('../operations/kept/find.ts')
    const {home, callerOf} = this.callers(settings, signal)
    return callerOfOperation(home, callerOf, id)
  }

  /** Changes the state of an operation. */
  protected async step({args: {id}, flags}: StepInput, step: Step): Promise<KeptOperation> {
    const caller = await this.callerOfOperation(await this.settings(flags), id)
    const operation = await step(caller, id)
    await this.noteIfNobodyRuns(caller, operation)
    await this.print(operation)
    return operation
  }

  /** Prints an operation. */
  protected async print(operation: KeptOperation): Promise<void> {
    const {renderOperation} = await import('../render/operations.ts')
    this.log(renderOperation(operation))
  }

  /** Says how an operation goes on that is to be carried on, if no process is there that does so. */
  protected async noteIfNobodyRuns(caller: Caller, {id, state}: KeptOperation): Promise<void> {
    if (state !== 'running' && state !== 'undoing') return
    const runners = await caller.withQueue(({queue}) => queue.operations.runners())
    if (runners.length > 0) return
    this.note(
      `no process carries operations on: "qtool serve" does, and "qtool operations run ${id}" does it here`,
    )
  }
}

interface StepInput {
  args: {id: string}
  flags: SettingFlags
}

type Step = (caller: Caller, id: string) => Promise<KeptOperation>
