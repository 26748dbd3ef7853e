import {ApiError} from '../api.ts'
import {fill, h, setAttribute} from '../dom.ts'

/**
 * Shows what is wrong with a filter. The message of the server has the filter and a caret below it on lines of their
 * own, so these keep their columns.
 */
export function showFault(node: HTMLElement, input: HTMLInputElement, error: unknown): void {
  node.hidden = error === undefined
  setAttribute(input, 'aria-invalid', error === undefined ? null : 'true')
  if (error === undefined) {
    fill(node)
    return
  }
  const {message} = error instanceof Error ? error : new Error(String(error))
  const [first, ...rest] = message.split('\n')
  const suggestions = error instanceof ApiError ? error.suggestions : []
  fill(
    node,
    h('p', {}, first.replace(/^filter: /, '')),
    rest.length > 0 && h('pre', {}, withoutIndent(rest)),
    ...suggestions.map((suggestion) => h('p', {class: 'suggestion'}, suggestion)),
  )
}

/** Whether the filter is what is wrong, and not the way to the server. */
export function isFilterFault(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 400
}

function withoutIndent(lines: string[]): string {
  return lines.map((line) => line.replace(/^ {4}/, '')).join('\n')
}
