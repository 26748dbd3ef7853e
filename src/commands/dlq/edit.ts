import {Args, Flags, type Interfaces} from '@oclif/core'
import {connectionFlags, queueFlag} from '../../cli/command.ts'
import {bulkFlags, recordsFlag} from '../../cli/letters.ts'
import {OperationCommand, planFlag} from '../../cli/operation.ts'
import type {Settings} from '../../config/settings.ts'
import {usageError} from '../../errors.ts'
import type {EditResult, SetPlan} from '../../operations/set-in-letters.ts'

export default class DlqEdit extends OperationCommand<EditResult> {
  static override summary = 'Correct the payload of dead letters before they are replayed.'
  static override description = [
    'With an id, opens the payload in $VISUAL or $EDITOR. With --set, sets a value in every payload that the filter',
    'matches, and leaves all other bytes as they are. A value that is not JSON is taken as text: --set n=5 is a number,',
    `--set n='"5"' and --set n=five are texts. Each result must be a valid item before anything changes, and`,
    '"qtool undo" restores the payloads for 24 hours.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> dlq edit 89a1e82e-99e1-4ef5-aed7-448ebcb1b49d:0',
    '<%= config.bin %> dlq edit --match tenant=77 --set tenant=78',
  ]
  static override args = {
    id: Args.string({ignoreStdin: true, description: 'Id, as shown by dlq list.'}),
  }
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...bulkFlags,
    ...recordsFlag,
    set: Flags.string({
      multiple: true,
      summary: 'Value to set in every payload (repeatable).',
      helpValue: 'PATH=VALUE',
    }),
    'dry-run': Flags.boolean({summary: 'Only count, and show examples.'}),
    ...planFlag,
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<EditResult> {
    const {args, flags} = await this.parse(DlqEdit)
    const settings = await this.settings(flags)
    return args.id === undefined ? this.#set(settings, flags) : this.#edit(settings, args.id, flags)
  }

  async #set(settings: Settings, {set, ...flags}: EditFlags): Promise<EditResult> {
    if (set === undefined) throw idOrSet()
    const {SET_IN_LETTERS} = await import('../../operations/set-in-letters.ts')
    const {editQuestion, renderEdit, renderExamples} = await import('../../render/letter-edit.ts')
    const signal = this.interruption()
    const ask = (plan: SetPlan) => {
      if (!flags.yes) this.note(renderExamples(plan, this.width))
      return editQuestion(plan)
    }
    const input = {...flags, set}
    const how = {flags, ask}
    const {result, dryRun} = await this.perform(this.caller(settings, signal), SET_IN_LETTERS, input, how)
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderEdit(result, {dryRun, width: this.width}))
    return result
  }

  async #edit(settings: Settings, id: string, flags: EditFlags): Promise<EditResult> {
    if (flags.set) throw idOrSet()
    await assertAlone(flags)
    const {editInEditor} = await import('../../letters/editor.ts')
    const {editLetter} = await import('../../operations/edit-letter.ts')
    const {renderEdit} = await import('../../render/letter-edit.ts')
    const edit = (item: Buffer) => {
      assertCanEdit()
      return editInEditor(item, process.env)
    }
    const result = await editLetter(this.caller(settings), {id, edit})
    this.log(renderEdit(result, {dryRun: false, width: this.width}))
    return result
  }
}

function idOrSet() {
  return usageError('give either the id of a dead letter or --set', 'qtool dlq list shows the ids')
}

/** Refuses filter flags beside an id, where they would have no effect. @throws QtoolError (usage) */
async function assertAlone(flags: EditFlags): Promise<void> {
  const {firstFilterFlag} = await import('../../queue/letters/filter-flags.ts')
  const extra = firstFilterFlag(flags) ?? (flags['dry-run'] ? 'dry-run' : flags.plan ? 'plan' : undefined)
  if (extra) throw usageError(`an id cannot be combined with --${extra}`, `--${extra} goes with --set`)
}

/** @throws QtoolError (usage) if vi would be started with nobody to use it */
function assertCanEdit(): void {
  if (process.env.VISUAL || process.env.EDITOR || process.stdin.isTTY) return
  throw usageError('no terminal to edit at, and no editor in $EDITOR', '--set PATH=VALUE edits without one')
}

type EditFlags = Interfaces.InferredFlags<typeof DlqEdit.flags>
