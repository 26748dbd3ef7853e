import type {QueueRow} from '../queue/survey/queue-row.ts'
import {get} from './api.ts'
import {openDialog} from './dialog.ts'
import {fill, h, setAttribute} from './dom.ts'
import {complain} from './notices.ts'
import {to} from './router.ts'

/** Queues that are shown at a time. */
const MOST = 12

let known: string[] = []

/** Remembers which queues there are, so that a jump needs no request. */
export function learnQueues(names: string[]): void {
  known = names
}

/** Goes to a queue by a part of its name. */
export async function showJump(): Promise<void> {
  if (document.querySelector('dialog[open]')) return
  const list = h('ul', {role: 'listbox', id: 'jump-list', 'aria-label': 'Queues'})
  const input = h('input', {
    ...{type: 'text', role: 'combobox', 'aria-controls': 'jump-list', 'aria-expanded': 'true'},
    ...{'aria-label': 'Name of a queue, or a part of it', autocomplete: 'off', spellcheck: 'false'},
  })
  const {node, close} = openDialog('Jump to a queue', input, list)
  let at = 0
  const go = (name: string | undefined) => {
    if (name === undefined) return
    close()
    location.hash = to.queue(name)
  }
  const paint = () => {
    const names = matching(input.value)
    at = Math.max(0, Math.min(at, names.length - 1))
    fill(
      list,
      ...names.map((name, i) => option(name, {id: `jump-${i}`, isAt: i === at, choose: () => go(name)})),
    )
    if (names.length === 0) fill(list, h('li', {class: 'hint'}, 'no queue has this name'))
    setAttribute(input, 'aria-activedescendant', names.length > 0 ? `jump-${at}` : null)
  }
  input.addEventListener('input', () => {
    at = 0
    paint()
  })
  input.addEventListener('keydown', (event) => {
    const by = {ArrowDown: 1, ArrowUp: -1}[event.key]
    if (event.key === 'Enter') go(matching(input.value)[at])
    else if (by) at += by
    else return
    event.preventDefault()
    paint()
  })
  node.classList.add('jump')
  paint()
  input.focus()
  await learn()
  paint()
}

function option(name: string, {id, isAt, choose}: {id: string; isAt: boolean; choose(): void}): HTMLElement {
  return h('li', {role: 'option', id, 'aria-selected': String(isAt), on: {click: choose}}, name)
}

/** Names that contain the text, those first that begin with it. */
function matching(text: string): string[] {
  const wanted = text.trim().toLowerCase()
  const found = known.filter((name) => name.toLowerCase().includes(wanted))
  const begins = (name: string) => Number(!name.toLowerCase().startsWith(wanted))
  return found.sort((a, b) => begins(a) - begins(b)).slice(0, MOST)
}

async function learn(): Promise<void> {
  if (known.length > 0) return
  try {
    const {queues} = await get<{queues: QueueRow[]}>('queues')
    learnQueues(queues.map(({queue}) => queue))
  } catch (error) {
    complain(error)
  }
}
