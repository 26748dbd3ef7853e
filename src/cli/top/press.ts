import type {JudgedRow} from '../../monitor/judged-row.ts'
import {count, plural} from '../../render/format.ts'
import {type Proposal, TOP_ORDERS, type TopState} from './state.ts'

/** What is on the screen while a key is pressed. */
export interface Seen {
  rows: readonly JudgedRow[]
  /** Reasons of dead letters of the chosen queue, with how many there are. */
  reasons: ReadonlyArray<readonly [reason: string, letters: number]>
}

/** What a key asks for that is more than a change of the display. */
export type Wish = {do: 'quit' | 'interrupt' | 'suspend'} | ({do: 'act'} & Proposal)

interface Pressed {
  state: TopState
  wish?: Wish
}

/** What a key does. It changes nothing but the display; whatever changes a queue becomes a question first. */
export function press(state: TopState, key: string, seen: Seen): Pressed {
  if (key === 'ctrl-c') return {state, wish: {do: 'interrupt'}}
  if (key === 'ctrl-z') return {state, wish: {do: 'suspend'}}
  const {proposal} = state
  if (proposal) return answer(state, proposal, key)
  if (state.isTyping) return {state: type(state, key)}
  if (key === 'q') return {state, wish: {do: 'quit'}}
  return {state: choose({...state, message: undefined}, key, seen)}
}

function answer(state: TopState, proposal: Proposal, key: string): Pressed {
  const asked = {...state, proposal: undefined}
  if (key.toLowerCase() === 'y') return {state: asked, wish: {do: 'act', ...proposal}}
  return {state: {...asked, message: 'nothing was changed'}}
}

function type(state: TopState, key: string): TopState {
  const {filter} = state
  if (key === 'enter') return {...state, isTyping: false}
  if (key === 'escape') return {...state, isTyping: false, filter: ''}
  if (key === 'backspace') return {...state, filter: [...filter].slice(0, -1).join('')}
  return [...key].length === 1 ? {...state, filter: filter + key} : state
}

function choose(state: TopState, key: string, seen: Seen): TopState {
  const step = STEPS[key]
  if (step !== undefined) return move(state, step, seen)
  switch (key) {
    case 'enter':
      return state.page === 'queues' && state.chosen !== undefined ? open(state, 'queue') : state
    case 'escape':
      return back(state)
    case '?':
      return state.page === 'help' ? back(state) : {...state, page: 'help', before: state.page}
    case ' ':
      return {...state, isHeld: !state.isHeld}
    case 's':
    case 'S':
      return {...state, sort: nextOrder(state, key === 's' ? 1 : -1)}
    case '/':
      return state.page === 'queues' ? {...state, isTyping: true} : state
    default:
      return propose(state, key, seen)
  }
}

const STEPS: Record<string, number> = {
  down: 1,
  j: 1,
  up: -1,
  k: -1,
  'page-down': 10,
  'page-up': -10,
  end: Number.POSITIVE_INFINITY,
  G: Number.POSITIVE_INFINITY,
  home: Number.NEGATIVE_INFINITY,
  g: Number.NEGATIVE_INFINITY,
}

function move(state: TopState, step: number, {rows, reasons}: Seen): TopState {
  const next = (names: string[], name: string | undefined) => {
    const at = names.indexOf(name ?? '') + step
    return names.at(Math.max(0, Math.min(names.length - 1, at)))
  }
  if (state.page === 'queue') {
    const names = reasons.map(([reason]) => reason)
    return {...state, reason: next(names, state.reason)}
  }
  const names = rows.map(({queue}) => queue)
  return {...state, chosen: next(names, state.chosen), reason: undefined}
}

function open(state: TopState, page: 'queues' | 'queue'): TopState {
  return {...state, page, before: page}
}

function back(state: TopState): TopState {
  if (state.page === 'help') return open(state, state.before)
  if (state.page === 'queue') return open(state, 'queues')
  return {...state, filter: ''}
}

function nextOrder({sort}: TopState, step: number): TopState['sort'] {
  const {length} = TOP_ORDERS
  return TOP_ORDERS[(TOP_ORDERS.indexOf(sort) + step + length) % length]
}

/** Upper case, so that no key that slips changes anything. */
function propose(state: TopState, key: string, {reasons}: Seen): TopState {
  const {chosen: queue, page} = state
  if (queue === undefined || page === 'help') return state
  if (key === 'P') {
    const question = `Pause ${queue}? Workers finish the leases they hold, and take no more.`
    return {...state, proposal: {action: 'pause', queue, reason: '', question}}
  }
  if (key === 'R') {
    const question = `Resume ${queue}? Workers take items again.`
    return {...state, proposal: {action: 'resume', queue, reason: '', question}}
  }
  return key === 'X' && page === 'queue' ? proposeReplay(state, queue, reasons) : state
}

function proposeReplay(state: TopState, queue: string, reasons: Seen['reasons']): TopState {
  const found = reasons.find(([reason]) => reason === state.reason)
  if (!found) return {...state, message: `no dead letters of ${queue} to replay`}
  const [reason, letters] = found
  const all = letters === 1 ? plural(letters, 'dead letter') : `all ${count(letters)} dead letters`
  const question = `Replay ${all} of ${reason} into ${queue}, a canary of 20 first?`
  return {...state, proposal: {action: 'replay', queue, reason, question}}
}
