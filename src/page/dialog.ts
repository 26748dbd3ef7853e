import {type Child, h} from './dom.ts'

/** A question before something changes. */
export interface Question {
  /** e.g. `Pause orders?` */
  title: string
  /** What will happen, and how much of it. */
  body: Child[]
  /** The word on the button that does it, e.g. `Pause`. */
  verb: string
  /** Whether something goes away. */
  isDestructive?: boolean
  /** A text that has to be typed first, e.g. the name of a queue of production. */
  typed?: string
}

/** Shows a dialog until it is closed. @returns a function that closes it */
export function openDialog(title: string, ...content: Child[]): {node: HTMLDialogElement; close(): void} {
  const heading = h('h2', {id: 'dialog-title'}, title)
  const node = h('dialog', {'aria-labelledby': 'dialog-title'}, heading, ...content)
  // A click beside it: the dialog itself is hit only outside of its content
  node.addEventListener('click', ({target}) => target === node && node.close())
  node.addEventListener('close', () => node.remove())
  document.body.append(node)
  node.showModal()
  return {node, close: () => node.close()}
}

/** Asks before something changes. @returns whether the user agreed */
export function confirm({title, body, verb, isDestructive, typed}: Question): Promise<boolean> {
  return new Promise((resolve) => {
    let agreed = false
    const field = typed === undefined ? undefined : typedField(typed)
    const act = h('button', {type: 'submit', class: isDestructive ? 'danger' : 'primary'}, verb)
    const cancel = h('button', {type: 'button', on: {click: () => dialog.close()}}, 'Cancel')
    const form = h(
      'form',
      {on: {submit: agree}},
      h('div', {class: 'dialog-body'}, ...body),
      field?.node,
      h('div', {class: 'dialog-actions'}, cancel, act),
    )
    function agree(event: Event): void {
      event.preventDefault()
      agreed = field?.isRight() ?? true
      if (agreed) dialog.close()
      else field?.complain()
    }
    const dialog = openDialog(title, form)
    // Enter must not do harm that was not read
    const focused = field?.input ?? (isDestructive ? cancel : act)
    focused.focus()
    dialog.node.addEventListener('close', () => resolve(agreed))
  })
}

function typedField(typed: string) {
  const input = h('input', {type: 'text', autocomplete: 'off', spellcheck: 'false', id: 'typed'})
  const complaint = h('p', {class: 'complaint', role: 'alert'})
  const label = h('label', {for: 'typed'}, 'Type ', h('strong', {}, typed), ' to go on')
  return {
    node: h('div', {class: 'field'}, label, input, complaint),
    input,
    isRight: () => input.value === typed,
    complain() {
      complaint.textContent = `expected ${typed}, got ${input.value || 'nothing'}`
      input.focus()
    },
  }
}
