import {Args, Flags, type Interfaces} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, letterFlags, QtoolCommand, queueFlag} from '../../command.ts'
import type {Settings} from '../../config/settings.ts'
import {QtoolError, usageError} from '../../errors.ts'
import type {SetResult} from '../../letters/run-set.ts'

interface DlqEditResult extends SetResult {
  queue: string
}

export default class DlqEdit extends QtoolCommand<DlqEditResult> {
  static override summary = 'Correct the payload of dead letters before they are replayed.'
  static override description =
    `With an id, opens the payload in $VISUAL or $EDITOR. With --set, puts a value into every payload that the filter
means; all other bytes stay. What is no JSON is taken as text: --set n=5 is a number, --set n='"5"' and --set n=five
are texts. The result is checked to be an item before anything changes.`
  static override examples = [
    '<%= config.bin %> dlq edit 89a1e82e-99e1-4ef5-aed7-448ebcb1b49d:0',
    '<%= config.bin %> dlq edit --match tenant=77 --set tenant=78',
  ]
  static override args = {
    id: Args.string({ignoreStdin: true, description: 'Id, as dlq list shows it.'}),
  }
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...letterFlags,
    limit: Flags.integer({char: 'n', min: 1, summary: 'At most so many, oldest first.', helpGroup: 'FILTER'}),
    set: Flags.string({
      multiple: true,
      summary: 'Value to put into every payload; again for one more.',
      helpValue: 'PATH=VALUE',
    }),
    'dry-run': Flags.boolean({summary: 'Only count.'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<DlqEditResult> {
    const {args, flags} = await this.parse(DlqEdit)
    if ((args.id === undefined) === (flags.set === undefined)) {
      throw usageError('expected either the id of a dead letter or --set', 'qtool dlq list shows the ids')
    }
    if (args.id !== undefined) assertAlone(flags)
    const settings = await this.settings(flags)
    if (!flags['dry-run']) this.writing(settings)
    const queue = settings.queue.value
    const result = await this.withRedis(settings, (redis) =>
      args.id === undefined ? this.#set(redis, settings, flags) : this.#edit(redis, settings, args.id),
    )
    const would = flags['dry-run'] ? 'would be changed' : 'changed'
    const skipped =
      result.skipped > 0
        ? `, ${result.skipped} left (no JSON object, a path that leads nowhere, or the same as another then)`
        : ''
    const {count, plural} = await import('../../render/format.ts')
    this.log(
      `queue ${queue}: ${count(result.edited)} of ${plural(result.matched, 'dead letter')} ${would}${skipped}`,
    )
    return {queue, ...result}
  }

  async #set(redis: Redis, settings: Settings, flags: EditFlags): Promise<SetResult> {
    const {parseAssignment, setInLetters} = await import('../../letters/run-set.ts')
    const {describeFilter} = await import('../../queue/letter-filter.ts')
    const {queueKeys} = await import('../../redis/keys.ts')
    const keys = queueKeys(settings.queue.value)
    const set = flags.set ?? []
    const options = {
      filter: await this.letterFilter(redis, flags),
      assignments: set.map(parseAssignment),
      signal: this.interruption(),
    }
    const progress = await this.progress('counting')
    const onProgress = (read: number) => progress.update(`counting: ${read} letters read`)
    const counting = setInLetters(redis, keys, {...options, onProgress, dryRun: true})
    const planned = await counting.finally(progress.stop)
    if (options.signal.aborted) this.endAs('interrupted')
    if (flags['dry-run'] || planned.edited === 0 || options.signal.aborted) {
      return flags['dry-run'] ? planned : {...planned, edited: 0}
    }
    await this.confirm(
      `change the payload of ${planned.edited} dead letters of ${settings.queue.value}`,
      flags,
    )
    const result = await setInLetters(redis, keys, {...options, dryRun: false})
    const filter = `${describeFilter(flags)} --set ${set.join(' --set ')}`
    await this.audit(redis, settings, {action: 'dlq edit', filter, count: result.edited})
    if (options.signal.aborted) this.endAs('interrupted')
    return result
  }

  async #edit(redis: Redis, settings: Settings, id: string): Promise<SetResult> {
    const {ItemCheck} = await import('../../json/item.ts')
    const {editInEditor} = await import('../../letters/editor.ts')
    const {editLetters} = await import('../../queue/edit-letters.ts')
    const {findLetter} = await import('../../queue/letter-scan.ts')
    const {queueKeys} = await import('../../redis/keys.ts')
    const queue = settings.queue.value
    const keys = queueKeys(queue)
    const letter = await findLetter(redis, keys.dead, id)
    if (!letter) {
      throw usageError(
        `expected the id of a dead letter of ${queue}, found none that is ${id}`,
        'qtool dlq list shows the ids',
      )
    }
    assertCanEdit()
    const item = await editInEditor(letter.item, process.env)
    if (item.equals(letter.item)) return {matched: 1, edited: 0, skipped: 0, later: 0}
    const refusal = new ItemCheck().check(item, 0, item.length)
    if (refusal) {
      throw new QtoolError(`expected the payload as one JSON object: ${refusal.message}`, {
        code: refusal.code,
        kind: 'usage',
        suggestions: ['nothing was changed'],
      })
    }
    const [edited] = await editLetters(redis, keys, [{letter, item}])
    if (!edited) {
      throw new QtoolError(`dead letter ${id} is gone: somebody replayed or purged it meanwhile`, {
        code: 'GONE',
        suggestions: ['nothing was changed; qtool audit shows who did what'],
      })
    }
    await this.audit(redis, settings, {action: 'dlq edit', filter: `--id ${id}`, count: 1})
    // That of another producer is known by a hash of its bytes, which are others now
    if (edited.id !== id) this.note(`its id is ${edited.id} now`)
    return {matched: 1, edited: 1, skipped: 0, later: 0}
  }
}

/** One letter by its id is no bulk: flags that choose or count would not be heeded. @throws QtoolError (usage) */
function assertAlone(flags: EditFlags): void {
  const names = ['reason', 'since', 'older-than', 'match', 'id', 'limit'] as const
  const extra = names.find((name) => flags[name] !== undefined) ?? (flags['dry-run'] ? 'dry-run' : undefined)
  if (extra) throw usageError(`expected an id alone, got --${extra} as well`, `--${extra} goes with --set`)
}

/** @throws QtoolError (usage) where vi would be started with nobody to use it */
function assertCanEdit(): void {
  if (process.env.VISUAL || process.env.EDITOR || process.stdin.isTTY) return
  throw usageError(
    'expected a terminal to edit at, or an editor in $EDITOR',
    '--set PATH=VALUE edits without one',
  )
}

type EditFlags = Interfaces.InferredFlags<typeof DlqEdit.flags>
