import {Args, Flags, type Interfaces} from '@oclif/core'
import {bulkFlags, recordsFlags} from '../../cli/letters.ts'
import {OperationCommand, planFlag} from '../../cli/operation.ts'
import {connectionFlags, queueFlag} from '../../cli/shared-flags.ts'
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
    id: Args.string({
      ignoreStdin: true,
      description: 'Id, as shown by dlq list; the queue is named with -q.',
    }),
  }
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...bulkFlags,
    ...recordsFlags,
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
    if (args.id !== undefined && !flags.set) return this.#edit(args.id, flags)
    if (args.id === undefined && flags.set) return this.#set({...flags, set: flags.set})
    throw usageError('give either the id of a dead letter or --set', 'qtool dlq list shows the ids')
  }

  async #set(flags: EditFlags & {set: string[]}): Promise<EditResult> {
    const settings = await this.settings(flags)
    const {SET_IN_LETTERS} = await import('../../operations/set-in-letters.ts')
    const {editQuestion, renderEdit, renderExamples} = await import('../../render/letter-edit.ts')
    const signal = this.interruption()
    const ask = (plan: SetPlan) => {
      if (!flags.yes) this.note(renderExamples(plan, this.width))
      return editQuestion(plan)
    }
    const caller = this.caller(settings, signal)
    const {result, dryRun} = await this.perform(caller, SET_IN_LETTERS, flags, {flags, ask})
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderEdit(result, {dryRun, width: this.width}))
    return result
  }

  async #edit(id: string, flags: EditFlags): Promise<EditResult> {
    await assertAlone(flags)
    const settings = await this.settings(flags)
    const {editByHand} = await import('../../cli/letter-editor.ts')
    const {editLetter} = await import('../../operations/edit-letter.ts')
    const {renderEdit} = await import('../../render/letter-edit.ts')
    const result = await editLetter(this.caller(settings), {id, edit: editByHand})
    this.log(renderEdit(result, {dryRun: false, width: this.width}))
    return result
  }
}

/** Refuses filter flags beside an id, where they would have no effect. @throws QtoolError (usage) */
async function assertAlone(flags: EditFlags): Promise<void> {
  const {firstFilterFlag} = await import('../../queue/letters/filter-flags.ts')
  const extra = firstFilterFlag(flags) ?? (flags['dry-run'] ? 'dry-run' : flags.plan ? 'plan' : undefined)
  if (extra) throw usageError(`an id cannot be combined with --${extra}`, `--${extra} goes with --set`)
}

type EditFlags = Interfaces.InferredFlags<typeof DlqEdit.flags>
