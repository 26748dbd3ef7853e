import {Flags} from '@oclif/core'
import type {Redis} from 'ioredis'
import type {PoolClient} from 'pg'
import {assertWritable, type Settings} from '../config/settings.ts'
import {usageError} from '../errors.ts'
import {otherQueueNote} from '../operations/other-queue.ts'
import type {AuditProgress} from '../queue/audit.ts'
import type {Binding} from '../queue/binding.ts'
import type {FilterFlags} from '../queue/letters/filter-flags.ts'
import type {Letter} from '../queue/letters/letter.ts'
import type {LetterFilter} from '../queue/letters/letter-filter.ts'
import type {LetterPlan} from '../queue/letters/letter-plan.ts'
import {DEAD_REASONS} from '../record/cause.ts'
import type {QueueKeys} from '../redis/keys.ts'
import type {Sink} from '../sink/sink.ts'
import {noSuchValue} from './no-such-value.ts'
import {OperationCommand} from './operation.ts'
import {whereFlag} from './where.ts'
import {whoAmI} from './who-am-i.ts'

const FILTER = {helpGroup: 'FILTER'}

/** Flags that filter dead letters; those below `where` are short forms of its conditions. */
export const letterFlags = {
  ...whereFlag,
  reason: Flags.string({...FILTER, summary: 'Only dead letters with this reason.', helpValue: 'REASON'}),
  code: Flags.string({
    ...FILTER,
    summary: 'Only dead letters with this error code, such as 23503 or JSON.',
    helpValue: 'CODE',
  }),
  column: Flags.string({...FILTER, summary: 'Only failures in this column.', helpValue: 'NAME'}),
  constraint: Flags.string({...FILTER, summary: 'Only violations of this constraint.', helpValue: 'NAME'}),
  since: Flags.string({
    ...FILTER,
    summary: 'Only failures since then: 30m, 2h or 7d ago, or 2026-11-24T06:30:00Z.',
    helpValue: 'TIME',
  }),
  'older-than': Flags.string({...FILTER, summary: 'Only failures before then.', helpValue: 'TIME'}),
  match: Flags.string({
    ...FILTER,
    multiple: true,
    summary: 'Match a payload value (repeatable).',
    helpValue: 'KEY=VALUE',
  }),
  id: Flags.string({...FILTER, multiple: true, summary: 'Match an id (repeatable).', helpValue: 'ID'}),
}

/** Flags of commands that act on every letter that matches the filter. */
export const bulkFlags = {
  ...letterFlags,
  limit: Flags.integer({...FILTER, char: 'n', min: 1, summary: 'At most this many, oldest first.'}),
}

/** The path of the records in an envelope, for commands that need no table. */
export const recordsFlag = {
  records: Flags.string({
    summary:
      'Path of the records in an envelope (default: as the workers of the queue read it, else points).',
    helpValue: 'PATH',
  }),
}

/** The dead letters of a queue that a command works on. */
export interface Letters {
  queue: string
  keys: QueueKeys
  filter: LetterFilter
  /** The same without letters that come in later, for commands that count, ask, and act on what they counted. */
  planned: LetterFilter & {plan: LetterPlan}
  /** With the table, the records path and the renames of the queue's workers, unless others were given. */
  settings: Settings
  binding: Binding | undefined
}

/** Base of the commands that work on the dead letters of a queue. */
export abstract class LetterCommand<T extends object> extends OperationCommand<T> {
  /**
   * Finds the dead letters that the flags select.
   * @param use `change` refuses a queue that Redis does not know; `read` notes it and goes on
   * @throws QtoolError (usage) for a queue, a reason or a time that cannot be right
   */
  protected async findLetters(
    redis: Redis,
    settings: Settings,
    options: {flags: FilterFlags; use: 'read' | 'change'},
  ): Promise<Letters> {
    const {keepMemoryFlat} = await import('../memory.ts')
    const {readBinding, withBinding} = await import('../queue/binding.ts')
    const {parseFilter} = await import('../queue/letters/filter-flags.ts')
    const {planLetters} = await import('../queue/letters/letter-plan.ts')
    const {queueKeys} = await import('../redis/keys.ts')
    keepMemoryFlat()
    const queue = settings.queue.value
    const keys = queueKeys(queue)
    await this.checkQueue(redis, queue, options.use)
    const binding = await readBinding(redis, queue)
    const bound = withBinding(settings, binding)
    const plan = await planLetters(redis, keys)
    const records = bound.records.value.split('.')
    const filter = {...parseFilter(options.flags, plan.at), queue, records}
    await this.#checkPresent(redis, keys, filter)
    const note = filter.expression && otherQueueNote(filter.expression, queue)
    if (note) this.note(note)
    return {queue, keys, filter, planned: {...filter, plan}, settings: bound, binding}
  }

  /** The dead letter with an id. @throws QtoolError (usage) if there is none */
  protected async findLetter(redis: Redis, {queue, keys, filter}: Letters, id: string): Promise<Letter> {
    const {findLetter} = await import('../queue/letters/letter-scan.ts')
    const progress = await this.progress('looking up the letter')
    const onProgress = (read: number) => progress.update(`searching all dead letters: ${read} read`)
    const letter = await findLetter(redis, keys.dead, id, filter.records, onProgress).finally(progress.stop)
    if (letter) return letter
    throw usageError(
      `no dead letter of queue ${queue} has the id ${id}`,
      `qtool dlq list -q ${queue} shows the ids`,
    )
  }

  /** @throws QtoolError (usage) if a command that changes something names a queue that Redis does not know */
  protected async checkQueue(redis: Redis, queue: string, use: 'read' | 'change'): Promise<void> {
    const {noteUnknownQueue, requireQueue} = await import('../operations/known-queue.ts')
    const {openQueue} = await import('../queue/open.ts')
    const engine = openQueue(redis, {name: queue})
    if (use === 'change') return requireQueue(engine)
    await noteUnknownQueue({queue: engine, note: (text) => this.note(text)})
  }

  /** Changes dead letters and records that in the audit, from its beginning; see `qtool audit`. */
  protected async audited<R>(
    redis: Redis,
    settings: Settings,
    did: {action: string; filter: string},
    operation: (progress: AuditProgress) => Promise<R>,
  ): Promise<R> {
    const {openAudit} = await import('../queue/audit.ts')
    const who = {who: whoAmI(), profile: settings.profile?.name ?? null}
    return openAudit(redis).during({...did, ...who, queue: settings.queue.value}, operation)
  }

  /**
   * A mistyped name must not pass as "nothing to do". A reason can be checked, since there are few. A code, a column
   * or a constraint that no letter has may still be right, as in a script that runs every night.
   * @throws QtoolError (usage)
   */
  async #checkPresent(redis: Redis, keys: QueueKeys, {expression}: LetterFilter): Promise<void> {
    if (!expression) return
    const {absentValues, namedValues} = await import('../letters/present-values.ts')
    const wanted = namedValues(expression).filter(
      ({field, value}) => field !== 'reason' || !isKnownReason(value),
    )
    for (const {field, value, others} of await absentValues(redis, keys.dead, wanted)) {
      const error = noSuchValue(field, value, others)
      if (field === 'reason') throw error
      this.note([error.message, ...error.suggestions].join('; '))
    }
  }

  /**
   * Lends the table that the queue drains into, for statements that are rolled back: triggers run nevertheless, so a
   * read-only profile refuses them.
   * @throws QtoolError (usage) if another table was named, (refused) for a protected profile
   */
  protected async withBoundSink<R>(
    {queue, settings, binding}: Letters,
    flags: {strict: boolean; 'allow-special-values': boolean; 'max-bytes': number},
    use: (client: PoolClient, sink: Sink) => Promise<R>,
  ): Promise<R> {
    assertWritable(settings)
    const {otherTable} = await import('../queue/binding.ts')
    const {isSameTable} = await import('../sink/catalog/catalog.ts')
    // Runs before the mapping is checked, which would be against the columns of the wrong table
    const check = async (client: PoolClient) => {
      const named = settings.table.value
      // A table that was renamed or dropped does not equal itself; that it is gone is reported later
      if (!binding || settings.table.source === 'binding') return
      if (await isSameTable(client, binding.table, named)) return
      throw otherTable(queue, {bound: binding.table, named})
    }
    return this.withSink(settings, {...flags, key: binding?.key, check}, use)
  }
}

function isKnownReason(reason: string): boolean {
  return DEAD_REASONS.some((known) => known === reason)
}
