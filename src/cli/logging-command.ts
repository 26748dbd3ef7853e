import type {Caller} from '../operations/context.ts'
import type {ErrorView} from '../render/error.ts'
import {isWorkerProcess} from '../worker/child.ts'
import type {Progress, WorkEvent} from '../worker/events.ts'
import {toParent} from '../worker/to-parent.ts'
import {onTerminal} from './on-terminal.ts'
import {OperationCommand} from './operation.ts'
import {logStyle, WorkLog} from './work-log.ts'

/** Base of a command that runs as a service: whatever it says on stderr is a line of its log. */
export abstract class LoggingCommand<T extends object> extends OperationCommand<T> {
  readonly #log = new WorkLog({
    style: logStyle(this.argv, process.stderr.isTTY),
    redact: (text) => this.redact(text),
    fit: (text) => onTerminal(text, process.stderr),
    write: (line) => process.stderr.write(line),
  })

  /** Says which queue the log is about. */
  protected drains(queue: string): void {
    this.#log.queue = queue
  }

  /** Writes a line; a worker process leaves that to the one that started it. */
  protected readonly tell = (event: WorkEvent): void => {
    if (isWorkerProcess(process.env)) toParent.tell(event)
    else this.#log.tell(event)
  }

  /** Shows progress where somebody watches. */
  protected async shown<R>(
    caller: Caller,
    use: (onProgress?: (progress: Progress) => void) => Promise<R>,
  ): Promise<R> {
    if (isWorkerProcess(process.env)) return use(toParent.onProgress)
    if (this.#log.style !== 'screen') return use()
    const {drainStage} = await import('../worker/drain-stage.ts')
    return caller.withProgress({doing: 'waiting for items'}, (report) =>
      use((progress) => report(drainStage(progress))),
    )
  }

  protected override note(text: string): void {
    this.tell({event: 'note', message: text})
  }

  protected override showError(view: ErrorView): void {
    this.#log.error(view)
  }
}
