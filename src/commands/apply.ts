import {Args, Flags} from '@oclif/core'
import {KeptCommand} from '../cli/kept.ts'
import {connectionFlags} from '../cli/shared-flags.ts'
import type {SettingFlags} from '../config/settings.ts'
import type {Caller} from '../operations/context.ts'
import type {KeptOperation} from '../operations/kept/kept-operation.ts'
import type {PlanFile} from '../operations/plans/shape.ts'
import type {Continuation} from '../progress/stage.ts'

interface ApplyResult {
  operation: PlanFile['operation']
}

export default class Apply extends KeptCommand<ApplyResult> {
  static override summary = 'Run an operation that was planned with --plan FILE.'
  static override description =
    `Reads again what the plan would affect, and refuses with exit code 6 if that is not exactly what was planned: more,
fewer or others. Dead letters that came in after the plan are left alone. Asks as the planned command would; its result
is that of the command.`
  static override examples = [
    '<%= config.bin %> dlq purge --older-than 7d --plan old-letters.json',
    '<%= config.bin %> apply old-letters.json',
    '<%= config.bin %> apply old-letters.json --background',
  ]
  static override args = {
    file: Args.string({required: true, ignoreStdin: true, description: 'File that --plan has written.'}),
  }
  static override flags = {
    ...connectionFlags,
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
    background: Flags.boolean({
      summary:
        'Keep it in Redis, where a process that carries operations on runs it; see "qtool operations".',
    }),
  }

  /** The line of what was planned, once that is known. */
  #rest?: (continuation: Continuation) => string

  protected override continuing(continuation: Continuation): string {
    const rest = this.#rest
    // Without changes nothing of the plan was done
    if (!rest || !continuation.flags) return super.continuing({})
    return super.continuing({args: []}).replace('apply', () => rest(continuation))
  }

  async run(): Promise<ApplyResult> {
    const {args, flags} = await this.parse(Apply)
    const {readPlan} = await import('../operations/plans/read.ts')
    const {PLANNED, plannedLine} = await import('../cli/planned.ts')
    const file = await readPlan(args.file)
    const settings = await this.settings({...flags, ...settingsOf(file)})
    const signal = this.interruption()
    if (flags.background) return this.#keep(this.caller(settings, signal), file, flags)
    const ask = async (question: string, examples?: string) => {
      if (examples !== undefined && !flags.yes) this.note(examples)
      await this.confirm(question, flags)
    }
    this.#rest = (continuation) => plannedLine(file, continuation)
    const terminal = {ask, width: this.width}
    const {result, text, aborted} = await PLANNED[file.operation](
      this.caller(settings, signal),
      file,
      terminal,
    )
    if (aborted) this.endAs('check')
    if (signal.aborted) this.endAs('interrupted')
    this.log(text)
    return {operation: file.operation, ...result}
  }

  async #keep(caller: Caller, file: PlanFile, flags: {yes: boolean}): Promise<KeptOperation> {
    const {keepPlanFile} = await import('../operations/kept/propose.ts')
    const {applyOperation} = await import('../operations/kept/steer.ts')
    const {id, plan} = await keepPlanFile(caller, file)
    await this.confirm(plan.ask, flags)
    const operation = await applyOperation(caller, id, 'the command line')
    await this.noteIfNobodyRuns(caller, operation)
    await this.print(operation)
    return operation
  }
}

/** The queue of a plan, and the mapping with which it was made. */
function settingsOf({queue, mapping}: PlanFile): SettingFlags {
  const {rename, map, camelCase, time, routes, ...named} = mapping
  const pairs = (of: Readonly<Record<string, string>> | undefined) =>
    of && Object.entries(of).map(([from, to]) => `${from}=${to}`)
  return {
    queue,
    ...named,
    rename: pairs(rename),
    map: pairs(map),
    'camel-case': camelCase,
    time: pairs(time),
    route: routes,
  }
}
