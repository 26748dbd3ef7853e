import {Flags} from '@oclif/core'
import {QtoolError} from '../errors.ts'
import type {Views} from '../operations/every.ts'
import {escapeControls} from '../render/escape.ts'
import {OperationCommand} from './operation.ts'

const EVERY_MS = 2000

/** Clears the terminal. */
const CLEAR = '\x1b[2J\x1b[H'

export const watchFlag = {
  watch: Flags.boolean({summary: 'Refresh every two seconds until Ctrl-C.'}),
}

/** Base of the commands that can show their result again and again. */
export abstract class WatchCommand<T extends object> extends OperationCommand<T> {
  /** The view that was printed last. */
  #shown?: T

  /**
   * Prints views until Ctrl-C: on a terminal each replaces the one before, with --json each is one line.
   * @param watch makes views until it is interrupted
   * @param render the text of a view, with the view before it
   * @returns the last view
   */
  protected async show(
    watch: (views: Views<T>) => Promise<void>,
    render: (view: T, before: T | undefined) => string,
  ): Promise<T> {
    const {isTTY} = process.stdout
    const onView = (view: T) => {
      if (this.jsonEnabled()) process.stdout.write(`${escapeControls(JSON.stringify(view))}\n`)
      this.log(`${isTTY ? CLEAR : ''}${render(view, this.#shown)}${isTTY ? '' : '\n'}`)
      this.#shown = view
    }
    await watch({everyMs: EVERY_MS, onView})
    this.endAs('interrupted')
    return this.#shown ?? neverShown()
  }

  /** The result of --watch is the last view, which has already been printed. */
  override logJson(json: unknown): void {
    if (json !== this.#shown) super.logJson(json)
  }
}

function neverShown(): never {
  throw new QtoolError('interrupted before there was anything to show', {
    code: 'INTERRUPTED',
    kind: 'interrupted',
  })
}
