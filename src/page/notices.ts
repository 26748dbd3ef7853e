import {ApiError} from './api.ts'
import {h} from './dom.ts'

const list = h('div', {class: 'notices', role: 'alert'})
const spoken = h('p', {class: 'unseen', 'aria-live': 'polite'})

/** What was done lasts this long, ms; an error stays until it is closed. */
const DONE_MS = 6000

/** Where notices appear. */
export const noticeNodes = [list, spoken]

/** Says what was done. */
export function say(text: string): void {
  setTimeout(show('notice', text), DONE_MS)
}

/** Says a text to users of screen readers only. */
export function speak(text: string): void {
  spoken.textContent = text
}

/** Says what went wrong and what to do next, until the user closes it. */
export function complain(error: unknown): void {
  const {message} = error instanceof Error ? error : new Error(String(error))
  show('notice bad', message, error instanceof ApiError ? error.suggestions : [])
}

function show(className: string, text: string, suggestions: string[] = []): () => void {
  const close = () => node.remove()
  const node = h(
    'div',
    {class: className},
    h('p', {}, text),
    ...suggestions.map((suggestion) => h('p', {class: 'suggestion'}, suggestion)),
    h('button', {type: 'button', class: 'quiet', 'aria-label': 'Close', on: {click: close}}, '×'),
  )
  list.append(node)
  return close
}
