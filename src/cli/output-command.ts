import {Command, Flags, type Interfaces} from '@oclif/core'
import {createRedactor} from '../config/secrets.ts'
import {serversLine} from '../config/server-place.ts'
import type {Settings} from '../config/settings.ts'
import {type ErrorKind, EXIT_CODES} from '../errors.ts'
import {type ErrorView, jsonError, renderError, SEE_HELP, viewError} from '../render/error.ts'
import {escapeControls} from '../render/escape.ts'
import {type Style, styleFor} from '../render/style.ts'
import {wrapped} from '../render/wrap.ts'
import {meantWords} from './meant-words.ts'
import {onTerminal} from './on-terminal.ts'

/** What every command prints, and how it ends. */
export abstract class OutputCommand<T extends object> extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    'no-color': Flags.boolean({summary: 'No colors, as with NO_COLOR.', helpGroup: 'GLOBAL'}),
  }

  abstract override run(): Promise<T>

  /** URLs this command has seen; their passwords are masked in every message. */
  protected readonly urls: string[] = []

  /** Prints a line on stderr for the user; stdout carries only the result. */
  protected note(text: string): void {
    process.stderr.write(`${onTerminal(escapeControls(this.redact(text)), process.stderr)}\n`)
  }

  /** Prints a part of the result; on a terminal, lines that are too wide are broken between their words. */
  override log(text = ''): void {
    super.log(this.isVerbatim ? text : onTerminal(text, process.stdout))
  }

  /** Whether what is printed must not be broken into lines, because it is copied. */
  protected readonly isVerbatim: boolean = false

  /** How parts of the result look. */
  protected get style(): Style {
    return styleFor(process.env, process.stdout.isTTY)
  }

  /** What was said once, and is not said again. */
  readonly #noted = new Set<string>()

  /** A server is given up by each of its connections. */
  protected noteOnce(text: string): void {
    if (this.#noted.has(text)) return
    this.#noted.add(text)
    this.note(text)
  }

  /** Sets the exit code of `kind`, for a command that also has a result. */
  protected endAs(kind: ErrorKind): void {
    process.exitCode = EXIT_CODES[kind]
  }

  /** The servers and the profile of a view, as its first lines. */
  protected servers(settings: Settings): string {
    return wrapped(serversLine(settings), {width: this.width, first: '', rest: '  '})
  }

  /** A view that begins with its servers where a person looks at it. */
  protected headed(settings: Settings, text: string): string {
    return process.stdout.isTTY ? `${this.style.faint(this.servers(settings))}\n${text}` : text
  }

  /** Lines of a terminal that a result can have above the next prompt; a pipe has no end. */
  protected get room(): number {
    const {isTTY, rows} = process.stdout
    return isTTY && rows ? rows - 1 : Number.POSITIVE_INFINITY
  }

  /** Lines of a terminal that a view can have below its servers and above the next prompt. */
  protected height(settings: Settings): number {
    return this.room - this.servers(settings).split('\n').length
  }

  /** Width of the terminal in columns. */
  protected get width(): number {
    return process.stdout.columns || 160
  }

  /** The one way an error leaves a command, the same code with and without --json. */
  override async catch(error: Interfaces.CommandError): Promise<void> {
    const view = viewError(error, this.redact)
    view.suggestions.unshift(...meantWords(view.message, Object.keys(this.ctor.flags ?? {})))
    if (view.kind === 'usage' && view.suggestions.length === 0) view.suggestions.push(SEE_HELP)
    process.exitCode = EXIT_CODES[view.kind]
    if (this.jsonEnabled()) return this.logJson(jsonError(view))
    this.showError(view)
    if (process.env.DEBUG) process.stderr.write(`${escapeControls(this.redact(error.stack ?? ''))}\n`)
  }

  protected showError(view: ErrorView): void {
    const style = styleFor(process.env, process.stderr.isTTY)
    process.stderr.write(`${onTerminal(renderError(view, style), process.stderr)}\n`)
  }

  /** JSON.stringify leaves C1 and bidirectional controls raw; as \uXXXX they are the same JSON. */
  override logJson(json: unknown): void {
    process.stdout.write(`${escapeControls(JSON.stringify(json, null, 2))}\n`)
  }

  /** Masks every password that this command may have seen. */
  protected readonly redact = (text: string): string => {
    const {REDIS_URL = '', DATABASE_URL = '', PGPASSWORD = '', QTOOL_SENTINEL_PASSWORD = ''} = process.env
    const urls = [REDIS_URL, DATABASE_URL, ...this.argv, ...this.urls]
    return createRedactor(urls, [PGPASSWORD, QTOOL_SENTINEL_PASSWORD])(text)
  }
}
