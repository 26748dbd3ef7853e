import {maskUrl} from '../config/secrets.ts'
import {EXIT_CODES, QtoolError} from '../errors.ts'
import type {Interrupt} from '../interrupt.ts'
import type {Continuation, Report, Stage} from '../progress/stage.ts'
import {escapeControls} from '../render/escape.ts'
import {isWorkerProcess} from '../worker/child.ts'
import {continuingLine, type TypedWord} from './continuing-line.ts'
import {OutputCommand} from './output-command.ts'
import type {ProgressPlace} from './show-progress.ts'
import {listenForInterrupts} from './terminal.ts'
import {Undertaking} from './undertaking.ts'

/** A command that may last: it shows how far it is, can be interrupted, and then says what continues it. */
export abstract class LastingCommand<T extends object> extends OutputCommand<T> {
  readonly #stopped = new AbortController()

  readonly #undertaking = new Undertaking()

  #stopListening = () => {}

  /** The words of the command line. */
  protected typed: readonly TypedWord[] = []

  /** Flags that the environment stood for, so that the command line does the same wherever it is typed. */
  protected unsaid: Readonly<Record<string, string>> = {}

  /** Shows how far `work` is while it runs: in a line on a terminal, elsewhere now and then. */
  protected withProgress<R>(stage: Stage, work: (report: Report) => Promise<R>): Promise<R> {
    return this.#undertaking.during(stage, {...this.progressPlace, signal: this.#stopped.signal}, work)
  }

  /** Where that is shown. */
  protected get progressPlace(): ProgressPlace {
    return {line: this.jsonEnabled() ? undefined : (text) => this.note(text)}
  }

  /** The command line that continues this one. */
  protected continuing(continuation: Continuation): string {
    const flags = {...this.unsaid, ...continuation.flags}
    const command = (this.id ?? '').replaceAll(':', ' ')
    const words = this.typed.map(withoutSecret)
    return continuingLine({command, words, flags: this.ctor.flags ?? {}}, {...continuation, flags})
  }

  /** Says what a command that ended early has done, and what continues it. */
  override async finally(error: Error | undefined): Promise<void> {
    await super.finally(error)
    this.#stopListening()
    const isInterrupted = this.#stopped.signal.aborted
    if ((!isInterrupted && !error) || isWorkerProcess(process.env)) return
    const end = {ended: isInterrupted ? 'interrupted' : 'failed', isExact: isExact(error)} as const
    const [account, line] = this.#undertaking.account(end, (how) => this.continuing(how))
    if (account !== undefined) this.note(account)
    if (line === undefined) return
    if (line.includes(HIDDEN)) this.note(`with the password in place of ${HIDDEN}`)
    // In one piece, since it is to be copied; masking whatever looks like a password would change names in it
    process.stderr.write(`${escapeControls(line)}\n`)
  }

  /**
   * Aborted by the first Ctrl-C, SIGTERM or SIGHUP; the second leaves at once.
   * @param doing what the user is told of the first; null if there is nothing to wait for
   */
  protected interruption(doing: string | null = 'stopping'): AbortSignal {
    const say = () => this.note(`${doing}; press Ctrl-C again to quit now`)
    const isSilent = doing === null || isWorkerProcess(process.env)
    const leave = () => process.exit(EXIT_CODES.interrupted)
    const {signal, stop} = listenForInterrupts(isSilent ? () => {} : say, leave)
    this.#stopListening = stop
    signal.addEventListener('abort', () => this.#stopped.abort())
    return signal
  }

  /** What connections of this command are told of the first Ctrl-C. */
  protected get interrupt(): Interrupt {
    return {signal: this.#stopped.signal, note: (text) => this.noteOnce(text)}
  }
}

/** What stands in place of a password. */
const HIDDEN = '****'

/** Passwords are typed in no other words. */
function withoutSecret(word: TypedWord): TypedWord {
  const isUrl = word.type === 'flag' && (word.flag === 'redis-url' || word.flag === 'database-url')
  return isUrl ? {...word, input: maskUrl(word.input)} : word
}

/** Whether what was counted before an error is all that was done: not if a server was lost that may have done more. */
function isExact(error: Error | undefined): boolean {
  return !error || (error instanceof QtoolError && error.kind !== 'connect' && error.cause === undefined)
}
