import {Args, Flags, type Interfaces} from '@oclif/core'
import {ruleFlags} from '../../cli/edit-rules.ts'
import {bulkFlags, recordsFlags} from '../../cli/letters.ts'
import {OperationCommand, planFlag} from '../../cli/operation.ts'
import {connectionFlags, queueFlag} from '../../cli/shared-flags.ts'
import type {EditPlan, EditResult} from '../../operations/edit-letters.ts'

export default class DlqEdit extends OperationCommand<EditResult> {
  static override summary = 'Correct the payload of dead letters before they are replayed.'
  static override description = [
    'With an id, opens the payload in $VISUAL or $EDITOR. With rules, changes every record that the filter matches, and',
    'leaves all other bytes as they are. A record that a rule does not fit is left alone by every rule, and counted with',
    'the reason. Rules take effect in the order --rename-key, --drop-key, --convert, --set. A value of --set that is not',
    `JSON is taken as text: --set n=5 is a number, --set n='"5"' and --set n=five are texts. Each result must be a valid`,
    'item before anything changes, and "qtool undo" restores the payloads for 24 hours.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> dlq edit 89a1e82e-99e1-4ef5-aed7-448ebcb1b49d:0',
    '<%= config.bin %> dlq edit --match tenant=77 --set tenant=78',
    '<%= config.bin %> dlq edit orders --group xqj76e --convert amount:comma-decimal',
  ]
  static override args = {
    which: Args.string({
      ignoreStdin: true,
      description: 'With rules, the queue; otherwise the id of a dead letter, and -q names its queue.',
    }),
  }
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...bulkFlags,
    ...recordsFlags,
    ...ruleFlags,
    continue: Flags.string({
      summary:
        'Continue an edit that was interrupted: leave alone what it has changed, and undo both as one.',
      helpValue: 'ID',
      exclusive: ['plan'],
    }),
    'dry-run': Flags.boolean({summary: 'Only count, and show examples.'}),
    ...planFlag,
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<EditResult> {
    const {args, flags} = await this.parse(DlqEdit)
    const {editOf} = await import('../../cli/edit-choice.ts')
    const {id, queue} = editOf(args.which, flags)
    return id === undefined ? this.#byRule({...flags, queue}) : this.#byHand(id, flags)
  }

  async #byRule(flags: EditFlags): Promise<EditResult> {
    const settings = await this.settings(flags)
    const {EDIT_LETTERS} = await import('../../operations/edit-letters.ts')
    const {editQuestion, renderEdit, renderPlan} = await import('../../render/letter-edit.ts')
    const signal = this.interruption()
    const ask = (plan: EditPlan) => {
      if (!flags.yes) this.note(renderPlan(plan, this.width))
      return editQuestion(plan)
    }
    const caller = this.caller(settings, signal)
    const {result, dryRun} = await this.perform(caller, EDIT_LETTERS, flags, {flags, ask})
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderEdit(result, {dryRun, width: this.width, isInterrupted: signal.aborted}))
    return result
  }

  async #byHand(id: string, flags: EditFlags): Promise<EditResult> {
    const settings = await this.settings(flags)
    const {withEditor} = await import('../../cli/letter-editor.ts')
    const {editLetter} = await import('../../operations/edit-letter.ts')
    const {renderEdit} = await import('../../render/letter-edit.ts')
    const result = await withEditor((edit) => editLetter(this.caller(settings), {id, edit}))
    this.log(renderEdit(result, {dryRun: false, width: this.width}))
    return result
  }
}

type EditFlags = Interfaces.InferredFlags<typeof DlqEdit.flags>
