import {h} from './dom.ts'
import {keepToken, readToken} from './token.ts'

/** Asks for the token of `qtool serve`. @param onGiven called once it is there; it may still be wrong */
export function askToken(onGiven: () => void): HTMLElement {
  const input = h('input', {
    type: 'password',
    id: 'token',
    autocomplete: 'current-password',
    required: true,
    'aria-describedby': 'token-hint',
  })
  const submit = (event: Event) => {
    event.preventDefault()
    keepToken(input.value.trim())
    dispatchEvent(new Event('tokengiven'))
    onGiven()
  }
  const refused = readToken() !== null
  return h(
    'form',
    {class: 'token', on: {submit}},
    h('h1', {tabindex: -1}, 'Token'),
    refused && h('p', {class: 'complaint', role: 'alert'}, 'That token was refused. Give another one.'),
    h('label', {for: 'token'}, 'Token of this server'),
    input,
    h(
      'p',
      {class: 'hint', id: 'token-hint'},
      '"qtool serve" prints it when it starts, or takes it from QTOOL_TOKEN. This tab keeps it until it is closed.',
    ),
    h('button', {type: 'submit', class: 'primary'}, 'Show the queues'),
  )
}
