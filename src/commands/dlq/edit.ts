import {Args, Flags, type Interfaces} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, queueFlag} from '../../cli/command.ts'
import {bulkFlags, LetterCommand, type Letters, recordsFlag} from '../../cli/letters.ts'
import {QtoolError, usageError} from '../../errors.ts'
import type {SetResult} from '../../letters/run-set.ts'

interface EditResult extends SetResult {
  /** For `qtool undo`; null if nothing was changed. */
  trash: string | null
}

interface DlqEditResult extends EditResult {
  queue: string
}

export default class DlqEdit extends LetterCommand<DlqEditResult> {
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
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<DlqEditResult> {
    const {args, flags} = await this.parse(DlqEdit)
    if ((args.id === undefined) === (flags.set === undefined)) {
      throw usageError('give either the id of a dead letter or --set', 'qtool dlq list shows the ids')
    }
    const settings = await this.settings(flags)
    if (!flags['dry-run']) this.writing(settings)
    const {renderEdit} = await import('../../render/letter-edit.ts')
    if (args.id !== undefined) await assertAlone(flags)
    const result = await this.withRedis(settings, async (redis) => {
      const letters = await this.findLetters(redis, settings, {flags, use: 'change'})
      const done =
        args.id === undefined
          ? await this.#set(redis, letters, flags)
          : await this.#edit(redis, letters, args.id)
      return {queue: letters.queue, ...done}
    })
    this.log(renderEdit(result, {dryRun: flags['dry-run'], width: this.width}))
    return result
  }

  async #set(redis: Redis, letters: Letters, flags: EditFlags): Promise<EditResult> {
    const {parseAssignment, setInLetters} = await import('../../letters/run-set.ts')
    const {describeFilter} = await import('../../queue/letters/filter-flags.ts')
    const {renderExamples} = await import('../../render/letter-edit.ts')
    const {plural} = await import('../../render/format.ts')
    const {queue, keys, planned: filter, settings} = letters
    const set = flags.set ?? []
    const options = {filter, assignments: set.map(parseAssignment), signal: this.interruption()}
    const progress = await this.progress('counting')
    const onProgress = (read: number) => progress.update(`counting: ${read} letters read`)
    const counting = setInLetters(redis, keys, {...options, onProgress})
    const planned = await counting.finally(progress.stop)
    if (options.signal.aborted) this.endAs('interrupted')
    if (flags['dry-run']) return {...planned, trash: null}
    if (planned.edited === 0 || options.signal.aborted) return {...planned, edited: 0, trash: null}
    if (!flags.yes) this.note(renderExamples(planned, this.width))
    await this.confirm(
      `change the payload of ${plural(planned.edited, 'dead letter')} of queue ${queue}`,
      flags,
    )
    const run = await this.#newRun(filter.plan.at)
    const did = {action: 'dlq edit', filter: `${describeFilter(flags)} --set ${set.join(' --set ')}`}
    return this.audited(redis, settings, did, async (audit) => {
      const onEdited = (count: number) => {
        audit.count = count
      }
      const result = await setInLetters(redis, keys, {...options, run, onEdited})
      audit.interrupted = options.signal.aborted
      if (options.signal.aborted) this.endAs('interrupted')
      return {...result, trash: result.edited > 0 ? run.trash : null}
    })
  }

  async #newRun(at: number) {
    const {whoAmI} = await import('../../cli/who-am-i.ts')
    const {newTrashId} = await import('../../queue/trash.ts')
    return {trash: newTrashId(), by: whoAmI(), at}
  }

  async #edit(redis: Redis, letters: Letters, id: string): Promise<EditResult> {
    const {editInEditor} = await import('../../letters/editor.ts')
    const {assertItem} = await import('../../letters/run-set.ts')
    const {editLetters} = await import('../../queue/letters/edit-letters.ts')
    const {keys, settings, planned} = letters
    const letter = await this.findLetter(redis, letters, id)
    assertCanEdit()
    const item = await editInEditor(letter.item, process.env)
    const unchanged = {matched: 1, edited: 0, skipped: 0, later: 0, examples: [], trash: null}
    if (item.equals(letter.item)) return unchanged
    assertItem(item)
    const run = await this.#newRun(planned.plan.at)
    return this.audited(redis, settings, {action: 'dlq edit', filter: `--id ${id}`}, async (audit) => {
      const [edited] = await editLetters(redis, keys, run, [{letter, item}])
      if (!edited) throw isGone(id)
      audit.count = 1
      // A letter of another producer has a hash of its bytes as its id, and the bytes have changed
      if (edited.id !== id) this.note(`new id: ${edited.id}`)
      const examples = [{id, before: letter.item.toString(), after: item.toString()}]
      return {...unchanged, edited: 1, examples, trash: run.trash}
    })
  }
}

function isGone(id: string): QtoolError {
  return new QtoolError(`dead letter ${id} is gone: someone replayed, purged or edited it meanwhile`, {
    code: 'GONE',
    suggestions: ['nothing changed; see qtool audit'],
  })
}

/** Refuses filter flags beside an id, where they would have no effect. @throws QtoolError (usage) */
async function assertAlone(flags: EditFlags): Promise<void> {
  const {firstFilterFlag} = await import('../../queue/letters/filter-flags.ts')
  const extra = firstFilterFlag(flags) ?? (flags['dry-run'] ? 'dry-run' : undefined)
  if (extra) throw usageError(`an id cannot be combined with --${extra}`, `--${extra} goes with --set`)
}

/** @throws QtoolError (usage) if vi would be started with nobody to use it */
function assertCanEdit(): void {
  if (process.env.VISUAL || process.env.EDITOR || process.stdin.isTTY) return
  throw usageError('no terminal to edit at, and no editor in $EDITOR', '--set PATH=VALUE edits without one')
}

type EditFlags = Interfaces.InferredFlags<typeof DlqEdit.flags>
