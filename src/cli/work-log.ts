import {type ErrorView, renderError} from '../render/error.ts'
import {escapeControls} from '../render/escape.ts'
import {moment} from '../render/format.ts'
import {eventWords, type Level, levelOf} from '../render/work-events.ts'
import type {WorkEvent} from '../worker/events.ts'

export const LOG_FORMATS = ['text', 'json'] as const

/** `screen`: for a person at a terminal, where a progress line shows how far it is. */
export type LogStyle = 'screen' | (typeof LOG_FORMATS)[number]

/** The style that a command line asks for, which is needed before its flags are parsed. */
export function logStyle(words: readonly string[], isTerminal: boolean): LogStyle {
  const at = words.findIndex((word) => word === '--log' || word.startsWith('--log='))
  const asked = words[at]?.startsWith('--log=') ? words[at].slice('--log='.length) : words[at + 1]
  const named = at < 0 ? undefined : LOG_FORMATS.find((format) => format === asked)
  return named ?? (isTerminal ? 'screen' : 'text')
}

type Fields = WorkEvent | {event: 'error'; code: string; suggestions: string[]}

interface LogOptions {
  style: LogStyle
  /** Removes secrets. */
  redact(text: string): string
  /** Breaks the lines that are too wide for the terminal. */
  fit(text: string): string
  write(line: string): void
}

/** Writes what happens while workers run, one line each. */
export class WorkLog {
  readonly style: LogStyle
  /** The queue that is drained, once it is known. */
  queue: string | null = null
  readonly #redact: LogOptions['redact']
  readonly #fit: LogOptions['fit']
  readonly #write: LogOptions['write']

  constructor({style, redact, fit, write}: LogOptions) {
    this.style = style
    this.#redact = redact
    this.#fit = fit
    this.#write = write
  }

  readonly tell = (event: WorkEvent): void => {
    // The progress line and the summary say the same
    if (this.style === 'screen' && (event.event === 'progress' || event.event === 'stopped')) return
    this.#line(levelOf(event), eventWords(event, this.queue ?? ''), event)
  }

  error(view: ErrorView): void {
    const {code, message, suggestions} = view
    const text = this.style === 'json' ? message : renderError(view)
    this.#line('error', text, {event: 'error', code, suggestions})
  }

  #line(level: Level, message: string, fields: Fields): void {
    this.#write(`${this.#text(level, message, fields)}\n`)
  }

  #text(level: Level, message: string, fields: Fields): string {
    const at = new Date().toISOString()
    if (this.style !== 'json') {
      const text = escapeControls(this.#redact(message))
      return this.style === 'screen' ? this.#fit(text) : `${moment(at)} ${text}`
    }
    const entry = {at, level, queue: this.queue, ...fields, message}
    // Names of queues and tables are no secrets, whatever they have in common with a password
    const clean = (key: string, value: unknown) =>
      typeof value === 'string' && key !== 'queue' && key !== 'table' ? this.#redact(value) : value
    return escapeControls(JSON.stringify(entry, clean))
  }
}
